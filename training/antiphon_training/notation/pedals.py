"""Pedal marks: the notes with which the sustain pedal goes down and up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.beats import BEAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SHORTEST = BEAT
"""Ticks; what is shorter is not marked."""


def pedal_marks(
    spans: Sequence[tuple[float, float]],
    onsets: NDArray[np.float64],
    starts: NDArray[np.int64],
) -> tuple[tuple[int, int], ...]:
    """Return the marks of a pedal, as ticks at which it goes down and up.

    Each lies where a note begins, for there programs find it: a foot goes down with the notes
    that it keeps, and up with the nearest.

    Parameters
    ----------
    spans : sequence of (float, float)
        When it goes down and up, in seconds, in order.
    onsets : float array, shape (notes,)
        Seconds, ascending.
    starts : int array, shape (notes,)
        The tick of each note.
    """
    if not spans:
        return ()
    times, places = np.array(spans), np.unique(starts)
    down = starts[np.maximum(np.searchsorted(onsets, times[:, 0], side="right") - 1, 0)]
    lifted = np.interp(times[:, 1], onsets, starts)
    up = places[np.abs(places - lifted[:, None]).argmin(axis=1)]
    kept: list[tuple[int, int]] = []
    for first, last in zip(down.tolist(), up.tolist(), strict=True):
        since = max(first, kept[-1][1] if kept else 0)
        if last - since >= SHORTEST:
            kept.append((since, last))
    return tuple(kept)
