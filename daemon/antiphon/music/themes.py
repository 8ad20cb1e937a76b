"""Themes: runs of intervals of a line, which are the same in any transposition.

A line is an int64 array of pitches, one after another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTERVALS = 4
"""So many intervals in a row are a theme."""


def themes(line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all runs of `INTERVALS` intervals of a line, each as one number.

    Intervals are the same in any transposition.
    """
    if len(line) <= INTERVALS:
        return np.empty(0, dtype=np.int64)
    stretches = np.lib.stride_tricks.sliding_window_view(np.diff(line), INTERVALS)
    return stretches @ (256 ** np.arange(INTERVALS, dtype=np.int64))


def taken_up(line: NDArray[np.int64], known: NDArray[np.int64]) -> float:
    """Return the share of a line's notes that lie in a run which is known, 0 to 1."""
    return covered(np.isin(themes(line), known), INTERVALS + 1)


def covered(again: NDArray[np.bool_], length: int) -> float:
    """Return the share of notes in a run that occurs again; each run has so many notes."""
    if not again.any():
        return 0.0
    return float((np.convolve(again, np.ones(length)) > 0).mean())
