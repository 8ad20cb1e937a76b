"""What is watched, in batches that can be shared evenly.

A process that had one batch more than the others would wait for them for ever.
So the last batch is filled up with rows that count for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = Any
"""One array or a dict of them, the rows first."""


def filled_up(
    inputs: Arrays, targets: Arrays, batch: int
) -> tuple[Arrays, Arrays, NDArray[np.float32]]:
    """Return inputs and targets with rows added to make whole batches, and their weights.

    Added rows weigh nothing, the others a little more than 1: Keras divides the
    sum of the weighted losses by the number of all rows, so that what comes out
    is the mean of those that count. Weights have the shape (rows, 1).
    """
    rows = len(next(iter(inputs.values())) if isinstance(inputs, dict) else inputs)
    added = -rows % batch
    weights = np.zeros((rows + added, 1), dtype=np.float32)
    weights[:rows] = (rows + added) / rows
    return _lengthened(inputs, added), _lengthened(targets, added), weights


def _lengthened(arrays: Arrays, added: int) -> Arrays:
    if isinstance(arrays, dict):
        return {name: _lengthened(array, added) for name, array in arrays.items()}
    return np.concatenate([arrays, np.repeat(arrays[:1], added, axis=0)])


def watched_batches(inputs: Arrays, targets: Arrays, batch: int) -> tuple[Any, int]:
    """Return a `tf.data.Dataset` of whole batches without end, and how many make a round.

    Keras shares them among processes, and no longer knows their number then: it
    wants to be told, as `validation_steps`.
    """
    import tensorflow as tf

    rows = filled_up(inputs, targets, batch)
    batches = tf.data.Dataset.from_tensor_slices(rows).batch(batch, drop_remainder=True)
    return batches.repeat(), len(rows[2]) // batch
