"""A stage in simulated time: an hour of music takes a second, and always the same one.

Times are seconds of the simulated clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from antiphon.partner.inputs import Input
    from antiphon.stage.stage import Stage

MOST_IDLE = 1000
"""A partner that asks so often to be woken without letting time pass is broken."""


class Simulation:
    """Steps a stage as the live threads do, without waiting.

    Parameters
    ----------
    stage : Stage
        What is stepped.
    cost : float
        How long one tick takes. What is due meanwhile is played on time, as
        live, where another thread plays.
    lag : float
        How much later than asked a tick comes.

    Attributes
    ----------
    now : float
        The time that it is.
    ticks : int
        How many there were.
    """

    def __init__(self, stage: Stage, *, cost: float = 0.0, lag: float = 0.0) -> None:
        self.stage = stage
        self.now = 0.0
        self.ticks = 0
        self._cost = cost
        self._lag = lag

    def run(self, inputs: Iterable[Input], until: float) -> Self:
        """Let inputs happen, each at its time or now, and go on until a time.

        Raises
        ------
        RuntimeError
            The partner does not let time pass.
        """
        for given in inputs:
            self._wake_until(given.time)
            self.play_until(max(self.now, given.time))
            self.stage.take(given, self.now)
        self._wake_until(until)
        self.play_until(max(self.now, until))
        return self

    def _wake_until(self, time: float) -> None:
        """Wake the partner whenever it asks for it before a time."""
        idle = 0
        while (wake := self.stage.next_wake()) is not None:
            at = max(self.now, wake + self._lag)
            if at >= time:
                return
            before = self.now
            self.play_until(at)
            self.stage.tick(at)
            self.ticks += 1
            self.play_until(at + self._cost)
            idle = idle + 1 if self.now == before else 0
            if idle >= MOST_IDLE:
                raise RuntimeError("the partner does not let time pass")

    def play_until(self, time: float) -> None:
        """Send everything at its own time."""
        while (due := self._due()) <= time:
            self.now = max(self.now, due)
            self.stage.play(self.now)
        self.now = time

    def _due(self) -> float:
        due = self.stage.next_play()
        return math.inf if due is None else due
