"""Validation data in whole batches, which processes can share evenly.

A process with one batch more than the others would wait for them forever, so the last
batch is padded with rows of weight zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = Any
"""One array or a dict of them, the rows first."""


def padded(
    inputs: Arrays, targets: Arrays, batch: int
) -> tuple[Arrays, Arrays, NDArray[np.float32]]:
    """Return inputs and targets with rows added to make whole batches, and their weights.

    Added rows have the weight 0, the others a little more than 1: Keras divides the sum
    of the weighted losses by the number of all rows, so its result is the mean over the
    true rows. Weights have the shape (rows, 1).
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


def validation_batches(inputs: Arrays, targets: Arrays, batch: int) -> tuple[Any, int]:
    """Return a `tf.data.Dataset` of whole batches without end, and how many are all rows.

    Keras shares the batches among processes and then no longer knows their number, so
    `fit` needs it as `validation_steps`.
    """
    import tensorflow as tf

    rows = padded(inputs, targets, batch)
    batches = tf.data.Dataset.from_tensor_slices(rows).batch(batch, drop_remainder=True)
    return batches.repeat(), len(rows[2]) // batch
