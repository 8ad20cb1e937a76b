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
    halves = values[:, : blocks * _BLOCK].reshape(rows, 2, _BLOCK // 2, blocks)
    tops = np.maximum(halves[:, 0], halves[:, 1]).max(axis=1)  # faster than one reduction
    tops.partition(blocks - count, axis=1)
    near = (values >= tops[:, blocks - count, np.newaxis]).reshape(-1).nonzero()[0]
    some = values.reshape(-1)[near]
    ends = near.searchsorted(width * np.arange(1, rows + 1)).tolist()
    found = np.empty((rows, count), dtype=np.intp)
    for row, begin, end in zip(range(rows), [0, *ends], ends, strict=False):
        best = some[begin:end].argpartition(end - begin - count)[-count:]
        near[begin:end].take(best, out=found[row])
    found -= width * np.arange(rows)[:, np.newaxis]
    found.sort(axis=1)
    return found
