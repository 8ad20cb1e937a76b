"""Attention over the last states of a stream: what followed when the music was like this.

One head looks back on the last `REACH` notes. The key of a place is made of the features
before its note was read, its value of the features and the embedding after: a query that is
like a key finds what followed there. Keys and values are part of the explicit state, in
arrays of a fixed size, so that every note costs the same.

A key has one more number, which is 1 where there is a note and 0 before the stream began.
The query's is `PRESENCE`, so that places without a note get no weight.

Shapes: features are (batch, time, units), embeddings (batch, time, width).
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any

REACH = 128
"""Notes that it looks back on; the last one read is one of them."""
PRESENCE = 30.0
"""What a score has more where there is a note: exp(-30) is nothing beside 1."""
UNSEEN = -1e9
"""The score of a place that may not be seen."""


@keras.saving.register_keras_serializable(package="antiphon")
class RecentAttention(keras.layers.Layer):
    """One head of attention over the last notes, added to the features.

    Before any training it adds nothing, so a network that has learned without it can be
    given it.

    Parameters
    ----------
    width : int
        Width of queries, keys and values.
    """

    def __init__(self, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor, without the batch."""
        return {
            "keys": (REACH - 1, self.width + 1),
            "values": (REACH - 1, self.width),
            "next_key": (self.width + 1,),
        }

    def build(self, units: int, embedding: int) -> None:
        """Make the weights, for features and embeddings of these widths."""
        self.projection = self.add_weight(
            name="projection",
            shape=(units, 3 * self.width),
            initializer="glorot_uniform",
        )
        self.note = self.add_weight(
            name="note", shape=(embedding, self.width), initializer="glorot_uniform"
        )
        self.back = self.add_weight(name="back", shape=(self.width, units), initializer="zeros")
        # The oldest first, as keys and values are.
        self.age = self.add_weight(name="age", shape=(REACH,), initializer="zeros")
        self.built = True

    def compute_output_shape(self, units: int, embedding: int) -> tuple[int | None, ...]:
        """Return the shape of the features, for `summary`, which has what `build` was given."""
        del embedding
        return (None, None, units)

    def call(
        self, features: Tensor, embedded: Tensor, state: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Return the features with what was found, and the state after the last note."""
        query, key, value = self._project(features, embedded)
        keys, values, next_key = state
        steps = features.shape[1] or ops.shape(features)[1]
        keys = ops.concatenate([keys, next_key[:, None], key[:, :-1]], axis=1)
        values = ops.concatenate([values, value], axis=1)
        scores = ops.matmul(query, ops.transpose(keys, (0, 2, 1)))
        weights = ops.softmax(scores + by_age(self._float(self.age), steps), axis=-1)
        found = self._back(ops.matmul(weights, values), features.dtype)
        after = [keys[:, 1 - REACH :], values[:, 1 - REACH :], key[:, -1]]
        return features + found, after

    def step(
        self, features: Tensor, embedded: Tensor, state: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """Do the same with one note: features (batch, units), embedded (batch, width)."""
        query, key, value = self._project(features, embedded)
        keys, values, next_key = state
        keys = ops.concatenate([keys, next_key[:, None]], axis=1)
        values = ops.concatenate([values, value[:, None]], axis=1)
        scores = ops.squeeze(ops.matmul(keys, query[:, :, None]), axis=-1)
        scores = scores + self._float(self.age)
        weights = ops.softmax(scores, axis=-1)
        found = self._back(
            ops.squeeze(ops.matmul(weights[:, None], values), axis=1), features.dtype
        )
        return features + found, [keys[:, 1:], values[:, 1:], key]

    def _project(self, features: Tensor, embedded: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries, keys and values as float32, with the number of presence."""
        dtype = features.dtype
        made = ops.matmul(features, ops.cast(self.projection, dtype))
        note = ops.matmul(ops.cast(embedded, dtype), ops.cast(self.note, dtype))
        query, key, value = ops.split(ops.cast(made, "float32"), 3, axis=-1)
        value = value + ops.cast(note, "float32")
        one = ops.ones_like(key[..., :1])
        scaled = query * float(1.0 / np.sqrt(self.width))
        return (
            ops.concatenate([scaled, one * PRESENCE], axis=-1),
            ops.concatenate([key, one], axis=-1),
            value,
        )

    def _back(self, found: Tensor, dtype: Any) -> Tensor:
        return ops.matmul(ops.cast(found, dtype), ops.cast(self.back, dtype))

    def _float(self, weight: Tensor) -> Tensor:
        return ops.cast(ops.convert_to_tensor(weight), "float32")

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "width": self.width}


def by_age(weights: Tensor, steps: Tensor) -> Tensor:
    """Return what is added to the scores of `steps` rows in turn, by the age of what they see.

    Parameters
    ----------
    weights : float32, shape (..., reach)
        One for each age, that of the oldest first.
    steps : int
        How many rows look back.

    Returns
    -------
    float32, shape (..., steps, reach - 1 + steps)
        For each row, the places from the oldest that the first one sees on; `UNSEEN` where
        a place is later than the row, or more than `reach` rows back.
    """
    reach = weights.shape[-1]
    places = ops.arange(reach - 1 + steps)[None] - ops.arange(steps)[:, None]
    within = ops.logical_and(places >= 0, places < reach)
    return ops.where(within, ops.take(weights, ops.clip(places, 0, reach - 1), axis=-1), UNSEEN)
