"""A stage in simulated time: an hour of music takes a second, and always comes out the same.

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
"""So many wakes at one and the same time mean that the partner is broken."""


class Simulation:
    """Steps a stage as the live threads do, without waiting.

    Parameters
    ----------
    stage : Stage
        The stage.
    cost : float
        Seconds that one tick takes. Notes that fall into them are played on time, as
        another thread does live.
    lag : float
        Seconds by which a tick is later than the partner asked.

    Attributes
    ----------
    now : float
        The simulated time.
    ticks : int
        How many ticks there were.
    """

    def __init__(self, stage: Stage, *, cost: float = 0.0, lag: float = 0.0) -> None:
        self.stage = stage
        self.now = 0.0
        self.ticks = 0
        self._cost = cost
        self._lag = lag

    def run(self, inputs: Iterable[Input], until: float) -> Self:
        """Give the stage each input at its time, or now if that has passed; go on `until` a time.

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
        """Wake the partner whenever it asks to be woken before a time."""
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
        """Let the stage play each note at its own time, up to a time."""
        while (due := self._due()) <= time:
            self.now = max(self.now, due)
            self.stage.play(self.now)
        self.now = time

    def _due(self) -> float:
        due = self.stage.next_play()
        return math.inf if due is None else due
