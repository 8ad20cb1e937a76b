"""The pulse of what was just played: how long a beat is.

Times are seconds. A beat is a quarter, between `SHORTEST` and `LONGEST`; whether it
is rather an eighth or a half can hardly be heard from a few seconds of playing, and
half or twice a beat makes the same grid.

Scores tell how many beats lie between a note and the next ones (`SHARES`). The beat is
the one in whose units the intervals of the playing are the most usual, and which is
near to what people tap by themselves (`USUAL`).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from antiphon.music.chords import CHORD_SPAN, first_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST, LONGEST = 0.3, 1.2
USUAL, SPREAD = 0.55, 0.3
"""The beat that people tap by themselves, and how far from it they go, in natural log."""
MOST_MOMENTS = 64
LEAST_MOMENTS = 3

# Counted over 762 scores of songs, pop and piano music, a third of the weight each;
# what is rarer than 1 % is left out.
SHARES = (
    {1 / 8: 5, 1 / 6: 4, 1 / 4: 36, 1 / 3: 6, 1 / 2: 36, 3 / 4: 1, 1: 6},
    {1 / 4: 4, 1 / 3: 4, 1 / 2: 32, 2 / 3: 6, 3 / 4: 7, 1: 30, 5 / 4: 1, 3 / 2: 4, 2: 3},
    {3 / 8: 3, 1 / 2: 4, 2 / 3: 1, 3 / 4: 27, 5 / 6: 1, 1: 14, 5 / 4: 5, 3 / 2: 26, 7 / 4: 1}
    | {2: 5, 5 / 2: 2, 3: 3},
    {1 / 2: 3, 2 / 3: 3, 3 / 4: 1, 1: 27, 5 / 4: 6, 4 / 3: 5, 3 / 2: 7, 7 / 4: 4, 2: 23}
    | {9 / 4: 1, 5 / 2: 4, 3: 3, 7 / 2: 1, 4: 2},
)
"""How often, in percent, the next moment, the one after it, the third and the fourth are
so many beats away."""
LOOSENESS = 0.04
"""How far an interval of a player is from the score's, in natural log."""
SURPRISE = 0.1
"""The share of intervals of which scores tell nothing: ornaments, rests, slips."""
MEMORY = 10.0
"""After how long an interval counts a third: players do not keep their tempo."""
RATIO = 0.01
"""How fine beats are told apart, in natural log."""
FEWEST_BEATS, MOST_BEATS = 1 / 64, 64


def estimate_beat(onsets: NDArray[Any], default: float = 0.5) -> float:
    """Return how long a beat is in a few seconds of playing.

    It is the estimate of one who has heard nothing before; the partner follows a player note
    by note (`antiphon.partner.listening.pulse`), and asks here for proposals. A piece all
    in triplets is heard as one in halves of a beat, which makes the same grid.

    Parameters
    ----------
    onsets : array of float
        Sorted; chords count once, and only the last 64 moments.
    default : float
        What is returned where fewer than three moments were played.
    """
    onsets = np.asarray(onsets, dtype=np.float64)
    moments = onsets[first_notes(onsets, CHORD_SPAN)][-MOST_MOMENTS:]
    if len(moments) < LEAST_MOMENTS:
        return default
    beats, score = beat_scores(moments)
    return _peak(beats, score, int(np.argmax(score)))


def likely_beats(moments: NDArray[np.float64], most: int) -> list[float]:
    """Return the likeliest beats of what was played, the likeliest first.

    Parameters
    ----------
    moments : float64 array, shape (moments,)
        When something began, sorted; a chord once. Three at least.
    most : int
        How many beats are returned at most.
    """
    beats, score = beat_scores(moments[-MOST_MOMENTS:])
    inner = score[1:-1]
    tops = 1 + np.flatnonzero((inner > score[:-2]) & (inner >= score[2:]))
    if not len(tops):
        tops = np.array([np.argmax(score)])
    best = tops[np.argsort(-score[tops], kind="stable")][:most]
    return [_peak(beats, score, int(top)) for top in best]


def beat_scores(moments: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the beats that are considered, and how well each fits, as a logarithm."""
    beats, score = _beats()
    # Neighbours tell much the same: twice as many intervals are not twice as sure.
    weight = np.exp((moments - moments[-1]) / MEMORY) / np.sqrt(len(moments))
    lags = range(1, min(len(SHARES), len(moments) - 1) + 1)
    intervals = np.log(np.concatenate([moments[lag:] - moments[:-lag] for lag in lags]))
    # Beats and tables are as fine: from one beat to the next an interval moves one place.
    first = (intervals - math.log(SHORTEST * FEWEST_BEATS)) / RATIO
    first = np.clip(first, 0, _stretches().shape[1] - 1).astype(np.intp)
    tables = np.repeat(np.array(lags) - 1, [len(moments) - lag for lag in lags])
    weights = np.concatenate([weight[lag:] for lag in lags])
    return beats, score + weights @ _stretches()[tables, first]


def _peak(beats: NDArray[np.float64], score: NDArray[np.float64], best: int) -> float:
    """Return where a peak of the score lies, between two beats where that is so."""
    if not 0 < best < len(beats) - 1:
        return float(beats[best])
    before, top, after = score[best - 1 : best + 2]
    curve = before - 2 * top + after
    shift = 0.5 * (before - after) / curve if curve < 0 else 0.0
    return float(beats[best] * np.exp(shift * RATIO))


@cache
def _beats() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the beats that are considered, and how usual each is, as a logarithm."""
    beats: NDArray[np.float64] = np.exp(np.arange(np.log(SHORTEST), np.log(LONGEST), RATIO))
    return beats, -0.5 * (np.log(beats / USUAL) / SPREAD) ** 2


@cache
def _stretches() -> NDArray[np.float64]:
    """Return how usual an interval is in units of each beat.

    Shape (tables, places, beats): the second axis is the place in the table, in units of
    the shortest beat. Beyond their ends the tables go on as they end.
    """
    count = len(_beats()[0])
    padded = [np.pad(table, (count - 1, count), mode="edge") for table in usual_intervals()]
    return sliding_window_view(np.array(padded), count, axis=1)[:, :, ::-1]


@cache
def usual_intervals() -> tuple[NDArray[np.float64], ...]:
    """Return how usual an interval is, a table for each of `SHARES`.

    The log of its likelihood by the log of its beats, from `FEWEST_BEATS` in steps
    of `RATIO`.
    """
    reach = np.log(MOST_BEATS / FEWEST_BEATS)
    beats = np.log(FEWEST_BEATS) + (np.arange(int(reach / RATIO)) + 0.5) * RATIO
    tables = []
    for shares in SHARES:
        values, weights = np.log([*shares]), np.array([*shares.values()]) / sum(shares.values())
        far = (beats[:, np.newaxis] - values) / LOOSENESS
        density = np.exp(-0.5 * far**2) @ weights / (LOOSENESS * np.sqrt(2 * np.pi))
        tables.append(np.log((1 - SURPRISE) * density + SURPRISE / reach))
    return tuple(tables)
