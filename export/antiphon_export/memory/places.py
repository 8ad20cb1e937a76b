"""The remembered places that each note of a piece may recall, found once before the fit.

A place is weighed first by numbers that need not be exact: the fit weighs the best of
them anew. What is compared is as in `antiphon.partner.memory.fields`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.weighing import LONGEST

if TYPE_CHECKING:
    from antiphon_export.gate import Table

KEPT = 96
"""Places that are kept of each note."""

LEAST_SHIFTED = 3
_SUFFIX, _COSINE, _SHIFTED, _COUNTED = 0.7, 20.0, 2.0, 12
_NONE = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of each note; T notes, P places.

    Attributes
    ----------
    at : int32 array, shape (T, P)
        The note that followed at each.
    held : bool array, shape (T, P)
        Whether there is one.
    rows : int32 array, shape (T, P, fields)
        Its classes, transposed.
    lengths : int32 array, shape (T, P)
        Length of the common suffix, at most `LONGEST`.
    shifted : bool array, shape (T, P)
        Whether it is transposed.
    """

    at: NDArray[np.int32]
    held: NDArray[np.bool_]
    rows: NDArray[np.int32]
    lengths: NDArray[np.int32]
    shifted: NDArray[np.bool_]


def places_of(rows: NDArray[np.int32], keys: Table, kept: int = KEPT) -> Places:
    """Return the best places of each note of a piece.

    Parameters
    ----------
    rows : int32 array, shape (T, fields)
        The piece; pitch comes first.
    keys : float32 array, shape (T, D)
        Of length 1, each after the row before its note.
    kept : int
        Places of each note.
    """
    count = len(rows)
    lengths, shifts = _suffixes(rows[:, 0])
    cosines = np.full((count, count), -1.0, dtype=np.float32)
    cosines[1:, 1:] = (keys @ keys.T)[:-1, :-1]
    followed = rows[None, :, 0] + shifts
    shifted = (shifts != 0) & (lengths >= LEAST_SHIFTED) & (followed >= 0) & (followed < 128)
    lengths = np.where((shifts == 0) | shifted, lengths, 0)
    counted = np.minimum(lengths - _SHIFTED * shifted, _COUNTED)
    before = np.tril(np.ones((count, count), dtype=np.bool_), -1)
    before[:, 0] = False
    score = np.where(before, _SUFFIX * counted + _COSINE * (cosines - 1.0), _NONE)
    kept = min(kept, count - 1)
    at = np.argpartition(-score, kept, axis=1)[:, :kept].astype(np.int32)
    note = np.arange(count)[:, None]
    held = score[note, at] > _NONE / 2
    at = np.where(held, at, 0)
    found = rows[at].copy()
    found[..., 0] += np.where(shifted, shifts, 0)[note, at]
    limit = np.minimum(lengths, LONGEST)[note, at]
    return Places(at, held, found, limit.astype(np.int32), shifted[note, at])


def _suffixes(pitches: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return length and transposition of the common suffixes, at [note, place]."""
    count = len(pitches)
    shifts = np.zeros((count, count), dtype=np.int32)
    shifts[1:, 1:] = pitches[:-1, None] - pitches[None, :-1]
    lengths = np.zeros((count, count), dtype=np.int32)
    for note in range(1, count):
        same = shifts[note, 1:note] == shifts[note - 1, : note - 1]
        lengths[note, 1:note] = np.where(same, lengths[note - 1, : note - 1] + 1, 1)
    return lengths, shifts
