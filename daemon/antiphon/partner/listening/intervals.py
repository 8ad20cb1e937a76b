"""Intervals: how usual it is that moments are so many beats apart. Times are seconds."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.pulse import FEWEST_BEATS, LOOSENESS, MOST_BEATS, RATIO, usual_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]

SHORTEST, LONGEST = 0.25, 1.5
"""No track's beat is shorter or longer."""
EQUAL = {2.0: 0.012, 4.0: 0.008, 3.0: 0.002, 8.0: 0.002}
"""Shares of intervals that scores rarely have but slow chords do: bars are halved, seldom
divided by three."""
SWUNG = (
    {1 / 3: 0.05, 0.4: 0.03, 0.6: 0.03, 2 / 3: 0.06},
    {1.0: 0.15},
    {4 / 3: 0.06, 1.4: 0.03, 1.6: 0.03, 5 / 3: 0.06},
    {2.0: 0.15},
)
"""What swing and shuffle add to the intervals of scores, which write them as halves."""

_LEAST_LOG = math.log(FEWEST_BEATS * SHORTEST)
_MOST_LOG = math.log(MOST_BEATS * LONGEST)
"""Intervals are compared within these logarithms."""
_PAD = math.ceil(math.log(LONGEST / SHORTEST) / RATIO) + 1
"""So far a table of intervals goes on at each end."""


def intervals_before(times: Sequence[float], index: int) -> list[float]:
    """Return the logarithms of the times since up to 4 moments before one, the last one first."""
    return [math.log(times[index] - time) for time in times[max(index - 4, 0) : index][::-1]]


def how_usual(intervals: Sequence[float], period: Array) -> Array:
    """Return how usual intervals are, in units of each beat, as a logarithm.

    Parameters
    ----------
    intervals : sequence of float, up to 4
        The logarithm of the time since the last moment, the one before it, and so on.
    period : float64 array, shape (tracks,)
        How long the beats are.
    """
    tables, begins = _tables()
    firsts = [
        (min(max(interval, _LEAST_LOG), _MOST_LOG) - _LEAST_LOG) / RATIO + begin
        for interval, begin in zip(intervals, begins, strict=False)
    ]
    places = np.array(firsts)[:, np.newaxis] - (1.0 / RATIO) * np.log(period)
    told: Array = np.add.reduce(tables.take(places.astype(np.intp)))
    return told


@cache
def _tables() -> tuple[Array, tuple[float, ...]]:
    """Return the tables of intervals of scores, with what slow chords and swing add.

    One table follows on the other. Each goes on at both ends, so that an interval has a
    place in units of any beat. Beside them: where in them the shortest interval of each
    lies, in units of a beat of one second.
    """
    tables, begins, begin = [], [], 0
    for lag, usual in enumerate(usual_intervals(), start=1):
        beats = np.log(FEWEST_BEATS) + (np.arange(len(usual)) + 0.5) * RATIO
        density = np.exp(usual)
        added = [(lag * value, share) for value, share in EQUAL.items()]
        for value, share in (*added, *SWUNG[lag - 1].items()):
            away = (beats - np.log(value)) / LOOSENESS
            density = density + share * np.exp(-0.5 * away**2) / (LOOSENESS * 2.5066)
        tables.append(np.pad(np.log(density), _PAD, mode="edge"))
        begins.append(begin + _PAD + (_LEAST_LOG - math.log(FEWEST_BEATS)) / RATIO)
        begin += len(tables[-1])
    return np.concatenate(tables), tuple(begins)
