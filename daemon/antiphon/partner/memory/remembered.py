"""Remembered notes, as arrays. Rows are classes, in the codec's order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Remembered:
    """Notes as arrays, the oldest first.

    Attributes
    ----------
    rows : int16 array, shape (notes, fields)
        Their classes.
    keys : float32 array, shape (notes, width)
        The instrument's key before each.
    own : bool array, shape (notes,)
        Whether the partner played it.
    joins : bool array, shape (notes,)
        Whether it followed on the one before.
    begins : bool array, shape (notes,)
        Whether it begins a phrase of the player's.
    """

    rows: NDArray[np.int16]
    keys: NDArray[np.float32]
    own: NDArray[np.bool_]
    joins: NDArray[np.bool_]
    begins: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return how many notes there are."""
        return len(self.rows)

    def __getitem__(self, part: slice | NDArray[np.bool_]) -> Remembered:
        """Return some of the notes, as copies."""
        return Remembered(
            self.rows[part].copy(),
            self.keys[part].copy(),
            self.own[part].copy(),
            self.joins[part].copy(),
            self.begins[part].copy(),
        )

    @classmethod
    def none(cls, fields: int, width: int) -> Remembered:
        """Return no notes."""
        no = np.zeros(0, dtype=np.bool_)
        rows, keys = np.zeros((0, fields), np.int16), np.zeros((0, width), np.float32)
        return cls(rows, keys, no, no, no)


def newest(notes: Remembered, capacity: int) -> Remembered:
    """Return the notes that fit: the partner's oldest go first, then the oldest."""
    excess = len(notes) - capacity
    if excess <= 0:
        return notes
    kept = np.ones(len(notes), dtype=np.bool_)
    kept[np.flatnonzero(notes.own)[:excess]] = False
    left = excess - int((~kept).sum())
    kept[np.flatnonzero(kept)[:left]] = False
    joins = notes.joins & np.concatenate(([False], kept[:-1]))
    chosen = Remembered(notes.rows, notes.keys, notes.own, joins, notes.begins)
    return chosen[kept]
