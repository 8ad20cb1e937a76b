"""The trail of a line: its rows, and what the instrument knew before each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.weighing import LONGEST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

NO_KEY = np.zeros(0, dtype=np.float32)
"""The key of an instrument that compares none."""

MOST_DRAWN = 256
"""A line comes back to so many of its own last notes."""


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """What a memory compares remembered places with, as a value that lines fork.

    Attributes
    ----------
    rows : int32 array, shape (notes, fields)
        The last rows, the newest last: up to `LONGEST` that were read, and those that the
        line has drawn since.
    keys : float32 array, shape (1 + drawn, width)
        The instrument's key before the last row that was read, and before each that was drawn.
    """

    rows: NDArray[np.int32]
    keys: NDArray[np.float32]

    @property
    def key(self) -> NDArray[np.float32]:
        """The instrument's key before the last row."""
        key: NDArray[np.float32] = self.keys[-1]
        return key

    @property
    def drawn(self) -> int:
        """How many rows the line has drawn."""
        return len(self.keys) - 1

    @classmethod
    def of(cls, rows: ArrayLike, key: NDArray[np.float32] = NO_KEY) -> Trail:
        """Return the trail of a line that begins after these rows."""
        return cls(np.asarray(rows, dtype=np.int32)[-LONGEST:], key[np.newaxis])

    def after(self, row: NDArray[np.int32], key: NDArray[np.float32] = NO_KEY) -> Trail:
        """Return the trail after one more row, to which a key led."""
        rows = np.concatenate((self.rows[1 - LONGEST - MOST_DRAWN :], row[np.newaxis]))
        keys = np.concatenate((self.keys[-MOST_DRAWN:], key[np.newaxis]))
        return Trail(rows, keys)
