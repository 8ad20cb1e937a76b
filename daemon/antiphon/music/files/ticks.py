"""Ticks to seconds and back: the only place where the two meet.

A file's header gives ticks to a quarter (or, with SMPTE time, ticks to a second),
and tempo events, in microseconds to a quarter, say how long a quarter is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.files.smf import TICKS_PER_BEAT, microseconds_per_beat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

DEFAULT_TEMPO_MICROSECONDS = 500_000
DROP_FRAME = 29
DROP_FRAME_RATE = 30_000 / 1_001


class TempoMap:
    """The clock of a file.

    Parameters
    ----------
    division : int
        The header's last field: ticks to a quarter, or where negative SMPTE
        frames to a second (upper byte, negated) and ticks to a frame.
    changes : iterable of (int, int)
        Tick and new microseconds to a quarter. Of several at one tick the last
        counts; a tempo of 0 is passed over.

    Raises
    ------
    ValueError
        The division says that a quarter has no ticks.
    """

    def __init__(self, division: int, changes: Iterable[tuple[int, int]] = ()) -> None:
        if division < 0:
            frames, ticks = -(division >> 8), division & 0xFF
            rate = (DROP_FRAME_RATE if frames == DROP_FRAME else frames) * ticks
            changes = ()
        else:
            rate = division * 1e6 / DEFAULT_TEMPO_MICROSECONDS
        if rate == 0:
            raise ValueError("a quarter has no ticks")
        ordered = sorted(((t, m) for t, m in changes if m > 0), key=lambda change: change[0])
        self._ticks = np.array([0, *(t for t, _ in ordered)], dtype=np.int64)
        lengths = [1.0 / rate, *(m * 1e-6 / division for _, m in ordered)]
        self._lengths = np.array(lengths, dtype=np.float64)
        passed = np.diff(self._ticks) * self._lengths[:-1]
        self._starts = np.concatenate([[0.0], np.cumsum(passed)])

    def seconds(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return when each tick is, in seconds from the start of the file."""
        place = np.searchsorted(self._ticks, ticks, side="right") - 1
        after: NDArray[np.float64] = (ticks - self._ticks[place]) * self._lengths[place]
        return self._starts[place] + after


def ticks_per_second(tempo_bpm: float) -> float:
    """Return the resolution of files written here at one tempo."""
    return TICKS_PER_BEAT * 1e6 / microseconds_per_beat(tempo_bpm)
