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

_ROOM = 64
"""A log is made with room for so many more rows."""


class _Log:
    """Rows and keys one after the other, with room for more.

    Trails share it: each is a part of it, which nobody changes. Who comes first writes the row
    that follows; the others go on in a log of their own.
    """

    __slots__ = ("keys", "keys_end", "rows", "rows_end")

    def __init__(self, rows: NDArray[np.int32], keys: NDArray[np.float32]) -> None:
        self.rows_end, self.keys_end = len(rows), len(keys)
        self.rows = np.empty((self.rows_end + _ROOM, rows.shape[1]), dtype=np.int32)
        self.keys = np.empty((self.keys_end + _ROOM, keys.shape[1]), dtype=np.float32)
        self.rows[: self.rows_end], self.keys[: self.keys_end] = rows, keys


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
    log : _Log or None
        Where both lie, of a line that has drawn; they end at `end`.
    end : int
        See `log`.
    """

    rows: NDArray[np.int32]
    keys: NDArray[np.float32]
    log: _Log | None = None
    end: int = 0

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
        log, end = self.log, self.end
        if log is None or log.rows_end != end or end == len(log.rows):
            log = _Log(self.rows[1 - LONGEST - MOST_DRAWN :], self.keys[-MOST_DRAWN:])
            end = log.rows_end
        log.rows[end], log.keys[log.keys_end] = row, key
        log.rows_end, log.keys_end = end + 1, log.keys_end + 1
        return self._part(log)

    @staticmethod
    def _part(log: _Log) -> Trail:
        """Return the trail that ends where a log ends now."""
        rows = log.rows[max(log.rows_end - LONGEST - MOST_DRAWN, 0) : log.rows_end]
        keys = log.keys[max(log.keys_end - 1 - MOST_DRAWN, 0) : log.keys_end]
        return Trail(rows, keys, log, log.rows_end)
