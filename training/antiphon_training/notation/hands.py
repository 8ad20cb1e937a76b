"""The hand that plays each note: notes are split between two staves.

At each stroke one key divides the hands. The splits are the cheapest path from stroke to
stroke (Viterbi's algorithm): a hand that spans too much and a move of the split have a cost,
and a split in a wide gap between sounding notes has a gain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWEST, HIGHEST = 36, 84
"""The keys that may divide the hands: the right hand plays from there on."""

MIDDLE = 60
SPAN = 12
"""Semitones that a hand spans easily."""

SPAN_COST, GAP_WORTH, WIDEST_GAP, MIDDLE_COST, MOVE_COST = 1.0, 0.12, 9, 0.03, 0.6
NEAR = 1.0
"""Beats before and after a stroke whose notes count for its split."""


def split_hands(
    onsets: NDArray[np.float64], ends: NDArray[np.float64], pitches: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return for each note whether the right hand plays it.

    Parameters
    ----------
    onsets, ends : float array, shape (notes,)
        In beats; onsets ascend, and those of a stroke are the same.
    pitches : int array, shape (notes,)
        MIDI note numbers.
    """
    if len(onsets) == 0:
        return np.zeros(0, dtype=bool)
    strokes, of_note = np.unique(onsets, return_inverse=True)
    bounds = np.append(np.flatnonzero(np.diff(of_note, prepend=-1)), len(onsets))
    keys = np.arange(LOWEST, HIGHEST + 1)
    moves = MOVE_COST * np.abs(keys[:, None] - keys[None, :])
    score = np.zeros(len(keys))
    back = np.zeros((len(strokes), len(keys)), dtype=np.int64)
    for index, stroke in enumerate(strokes.tolist()):
        total = score[:, None] + moves
        back[index] = total.argmin(axis=0)
        now = pitches[bounds[index] : bounds[index + 1]]
        around = _around(onsets, ends, pitches, stroke)
        score = total.min(axis=0) + _cost(keys, now, around)
    split = np.zeros(len(strokes), dtype=np.int64)
    state = int(score.argmin())
    for index in range(len(strokes) - 1, -1, -1):
        split[index] = keys[state]
        state = int(back[index, state])
    right: NDArray[np.bool_] = pitches >= split[of_note]
    return right


def _around(
    onsets: NDArray[np.float64],
    ends: NDArray[np.float64],
    pitches: NDArray[np.int64],
    stroke: float,
) -> NDArray[np.int64]:
    """Return the pitches struck near a stroke, or held over it."""
    first, last = np.searchsorted(onsets, [stroke - NEAR, stroke + NEAR])
    # Held notes began a few beats ago; looking further back would cost time for nothing.
    earlier = max(int(first) - 24, 0)
    held = pitches[earlier:first][ends[earlier:first] > stroke]
    return np.concatenate([held, pitches[first:last]])


def _cost(
    keys: NDArray[np.int64], now: NDArray[np.int64], around: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the cost of a split at each key."""
    cost = MIDDLE_COST * np.abs(keys - MIDDLE).astype(np.float64)
    for pitches, weight in ((now, 1.0), (around, 0.3)):
        low = np.where(pitches[None, :] < keys[:, None], pitches[None, :], -1)
        high = np.where(pitches[None, :] >= keys[:, None], pitches[None, :], 999)
        least, most = pitches.min(), pitches.max()
        left_top, right_bottom = low.max(axis=1), high.min(axis=1)
        left = np.where(left_top >= 0, left_top - least, 0)
        right = np.where(right_bottom < 999, most - right_bottom, 0)
        over = np.maximum(left - SPAN, 0) + np.maximum(right - SPAN, 0)
        gap = np.where((left_top >= 0) & (right_bottom < 999), right_bottom - left_top, WIDEST_GAP)
        cost += weight * (SPAN_COST * over - GAP_WORTH * np.minimum(gap, WIDEST_GAP))
    return cost
