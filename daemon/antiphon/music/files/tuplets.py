"""Tuplets that a file tells: parts of a bar that one even division fills. Beats are quarters.

All divisions together lie nearly everywhere in a beat, so an onset near a place of one of them
says nothing. A tuplet is only where all places of one division but one at most have an onset,
and no onset between them lies anywhere else than on the grid of plain notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.files.grid import TOLERANCE, lies_on_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Which = NDArray[np.bool_]

TUPLETS = {
    0.5: (0.5, (6, 7)),
    1.0: (1.0, (5, 7, 9, 10, 11)),
    1.5: (0.5, (5, 7, 8, 10, 11)),
    2.0: (1.0, (5, 7, 9, 11, 13)),
}
"""Of each length in beats: every how many beats one may begin, and the counts of notes in it.
Those that `antiphon.music.files.grid.GRID` has are left out."""


def in_tuplets(beats: Array, ticks: int) -> Which:
    """Return which onsets are places of tuplets.

    Parameters
    ----------
    beats : float64 array, shape (onsets,)
        Where something begins, each place once.
    ticks : int
        The ticks of a beat, to which the places are rounded.
    """
    near = max(TOLERANCE, 0.5 / ticks)
    plain = lies_on_grid(beats)
    found = np.zeros(len(beats), dtype=np.bool_)
    for length, (every, counts) in TUPLETS.items():
        for first in np.arange(0.0, length, every):
            for count in counts:
                found |= _of_one(beats - first, length / count, count, near, plain)
    return found


def _of_one(beats: Array, part: float, count: int, near: float, plain: Which) -> Which:
    """Return which onsets are places of one division, whose tuplets begin at beat 0.

    `part` is the length of a part in beats; `plain` tells which onsets lie on the grid.
    """
    place = np.rint(beats / part).astype(np.int64)
    on = np.abs(beats - place * part) <= near
    tuplet = np.where(on, place, np.floor(beats / part).astype(np.int64)) // count
    first = int(tuplet.min(initial=0))
    size = int(tuplet.max(initial=0)) - first + 1
    filled = np.bincount(np.unique(place[on]) // count - first, minlength=size)
    other = np.bincount(tuplet[~on & ~plain] - first, minlength=size)
    whole = (filled >= count - 1) & (other == 0)
    found: Which = on & whole[tuplet - first]
    return found
