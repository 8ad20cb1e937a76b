"""The largest of many values, without sorting them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 64
"""Values of which the largest is found at once."""


def largest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return where the largest of each row of values are, in the order in which they stand."""
    rows, width = values.shape
    if width <= count:
        return np.tile(np.arange(width), (rows, 1))
    blocks = width // _BLOCK
    if blocks <= count:
        return np.sort(np.argpartition(values, width - count, axis=1)[:, -count:], axis=1)
    # No value below the least of so many blocks' largest is among them.
    tops = values[:, : blocks * _BLOCK].reshape(rows, _BLOCK, blocks).max(axis=1)
    tops.partition(blocks - count, axis=1)
    found = np.empty((rows, count), dtype=np.intp)
    for row, least, into in zip(values, tops[:, blocks - count], found, strict=True):
        near = np.flatnonzero(row >= least)
        into[:] = near[np.argpartition(row[near], len(near) - count)[-count:]]
    found.sort(axis=1)
    return found
