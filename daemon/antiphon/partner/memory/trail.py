"""The trail of a line: its last rows, and what the instrument knew before the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.weighing import LONGEST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """What a memory compares remembered places with, as a value that lines fork.

    Attributes
    ----------
    rows : int32 array, shape (notes, fields)
        The last `LONGEST` rows at most, the newest last.
    key : float32 array, shape (width,)
        The instrument's key before the last row.
    """

    rows: NDArray[np.int32]
    key: NDArray[np.float32]

    @classmethod
    def of(cls, rows: ArrayLike, key: NDArray[np.float32]) -> Trail:
        """Return the trail of a line that has all these rows."""
        return cls(np.asarray(rows, dtype=np.int32)[-LONGEST:], key)

    def after(self, row: NDArray[np.int32], key: NDArray[np.float32]) -> Trail:
        """Return the trail after one more row, to which a key led."""
        return Trail(np.concatenate((self.rows[1 - LONGEST :], row[None])), key)
