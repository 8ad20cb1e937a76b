"""Which notes are one chord: those that are struck together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHORD_SPAN = 0.04
"""Seconds within which notes are struck together.

It parts the spread of a chord (under 30 ms) from the fastest trill (over 60 ms).
"""

CHORD_SPAN_BEATS = 1 / 16
"""Beats within which notes are struck together, where time is that of a score."""


def first_notes(onset: NDArray[np.float64], span: float) -> NDArray[np.intp]:
    """Return the indices of the notes that begin a chord; a single note is one too.

    A chord holds all notes that begin less than `span` after its first.

    Parameters
    ----------
    onset : float64 array, shape (notes,)
        Sorted.
    span : float
        In the unit of the onsets.
    """
    import numpy as np  # the settings need the span, and are read before NumPy is loaded

    # After the note at i, the next chord begins at following[i]: a chain of few steps.
    following = np.searchsorted(onset, onset + span, side="left").tolist()
    # Far from 0 a span may vanish in the rounding of onsets: go on by a note at least.
    firsts, place = [], 0
    while place < len(following):
        firsts.append(place)
        place = max(following[place], place + 1)
    return np.array(firsts, dtype=np.intp)
