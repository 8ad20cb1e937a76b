"""The beat of a MIDI clock: 24 ticks a beat, from a DAW, a sequencer or a drum machine.

Ticks come late or early by a few milliseconds, so a line is fitted to those of the last
three beats. Start, continue, stop and the song position say which tick begins a beat; some
gear sends a clock without them, and then the player's own onsets say it. Times are
seconds of the session's clock.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from antiphon.messages import Clock, SongPosition, Transport
from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.messages import ClockEvent
    from antiphon.partner.listening.pulse import Pulse

TICKS = 24
"""Ticks a beat."""
SIXTEENTH = 6
"""Ticks a sixteenth, the unit of a song position."""
KEPT = 72
"""Ticks to which the line is fitted."""
FEWEST = 12
"""Fewer say too little."""
LATEST = 8
"""So many of the last ones, if they all lie off the line, are a new tempo."""
OFF = 0.004
"""Seconds off the line, in the mean: twice the jitter of a DAW on a busy machine."""
FORGOTTEN = 4.0
"""A clock that was not heard for so many beats is no more."""
LONGEST_TICK = 0.25
"""Ticks farther apart, at 10 beats a minute, are no clock: it stopped and began anew."""


class MidiClock:
    """Follows a MIDI clock."""

    def __init__(self) -> None:
        self._ticks: deque[float] = deque(maxlen=KEPT)
        self._number: int | None = None  # of the last tick, since the beginning of the song
        self._position = 0  # of the tick that a "continue" goes on with

    def hear(self, event: ClockEvent) -> None:
        """Hear a message of the clock."""
        match event:
            case Clock(time):
                self._tick(time)
            case Transport(_, "start"):
                self._number = -1
            case Transport(_, "continue"):
                self._number = self._position - 1
            case Transport(_, "stop"):
                self._position = 0 if self._number is None else self._number + 1
                self._number = None
            case SongPosition(_, sixteenths):
                self._position = sixteenths * SIXTEENTH
                if self._number is not None:
                    self._number = self._position - 1

    def beats(self, now: float, pulse: Pulse) -> Beats | None:
        """Return the clock's beats; None where there is no clock.

        Parameters
        ----------
        now : float
            The time.
        pulse : Pulse
            The player's own pulse, which says where the beats of a clock are that has
            never started.
        """
        if len(self._ticks) < FEWEST:
            return None
        tick, last = _line(np.array(self._ticks))
        if now - last > FORGOTTEN * TICKS * tick:
            self._ticks.clear()
            self._number = None
            return None
        period = TICKS * tick
        if self._number is None:
            return Beats(period, pulse.phase(period, last), given=True)
        return Beats(period, last - self._number % TICKS * tick, given=True)

    def _tick(self, time: float) -> None:
        ticks = self._ticks
        if ticks and not 0.0 < time - ticks[-1] < LONGEST_TICK:
            ticks.clear()
        ticks.append(time)
        if self._number is not None:
            self._number += 1
        if self._has_changed():
            self._ticks = deque(list(ticks)[-LATEST:], maxlen=KEPT)

    def _has_changed(self) -> bool:
        """Tell whether the last ticks come at another tempo than those before them."""
        times = np.array(self._ticks)
        if len(times) < LATEST + FEWEST:
            return False
        tick, last = _line(times[:-LATEST])
        off = times[-LATEST:] - last - tick * np.arange(1, LATEST + 1)
        return abs(float(off[LATEST // 2 :].mean())) > OFF * max(1.0, TICKS / (len(times) - LATEST))


def _line(times: NDArray[np.float64]) -> tuple[float, float]:
    """Return the time of a tick, and when the last one was due."""
    numbers = np.arange(len(times)) - (len(times) - 1) / 2
    slope = float(numbers @ times) / float(numbers @ numbers)
    return slope, float(times.mean()) + slope * float(numbers[-1])
