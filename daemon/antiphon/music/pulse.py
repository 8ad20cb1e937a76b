"""The pulse of what was just played: how long a beat is.

Times are seconds. A beat is what one would tap to, between `SHORTEST` and `LONGEST`;
whether that is a quarter or an eighth cannot be heard from a few seconds of playing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST, LONGEST = 0.3, 1.2
USUAL, SPREAD = 0.55, 0.45
"""The beat that people tap to by themselves, and how far from it, in natural log."""
CHORD = 0.04
"""Onsets less than this after the first of them are one."""
MOST_ONSETS = 64
MULTIPLES = (1.0, 2.0, 3.0, 4.0)
BIN, WIDTH = 0.01, 0.04
"""Intervals are counted in bins of 1 %, each blurred by 4 %."""


def estimate_beat(onsets: NDArray[Any], default: float = 0.5) -> float:
    """Return how long a beat is in a few seconds of playing.

    Parameters
    ----------
    onsets : array of float
        Sorted; the last 64 that are no chord count.
    default : float
        What is returned where fewer than three moments were played.
    """
    moments = _moments(np.asarray(onsets, dtype=np.float64))
    if len(moments) < 3:
        return default
    reach = LONGEST * MULTIPLES[-1] * 1.1
    intervals = np.abs(moments[:, None] - moments[None, :])[np.triu_indices(len(moments), 1)]
    intervals = intervals[(intervals > CHORD) & (intervals < reach)]
    if not len(intervals):
        return default
    lowest = np.log(CHORD)
    size = int((np.log(reach) - lowest) / BIN) + 2
    places = ((np.log(intervals) - lowest) / BIN).astype(np.intp)
    counts = np.bincount(places, weights=1.0 / np.sqrt(intervals), minlength=size)
    offsets = np.arange(-12, 13) * BIN
    heard = np.convolve(counts, np.exp(-0.5 * (offsets / WIDTH) ** 2), mode="same")
    candidates = np.arange(np.log(SHORTEST), np.log(LONGEST), BIN)
    score = np.zeros(len(candidates))
    for multiple in MULTIPLES:
        at = (candidates + np.log(multiple) - lowest) / BIN - 0.5
        score += np.interp(at, np.arange(size), heard) / multiple
    score *= np.exp(-0.5 * ((candidates - np.log(USUAL)) / SPREAD) ** 2)
    return float(np.exp(candidates[int(np.argmax(score))]))


def _moments(onsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return when something began, chords counted once."""
    following = np.searchsorted(onsets, onsets + CHORD, side="left").tolist()
    firsts, place = [], 0
    while place < len(following):
        firsts.append(place)
        place = max(following[place], place + 1)
    return onsets[firsts][-MOST_ONSETS:]
