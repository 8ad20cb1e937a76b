"""Attention over the outputs of a layer that has read a window: which rows matter now.

The last output asks, and each output of the window is weighed by how it answers (the additive
attention of Bahdanau et al., 2015):

    score of row t = v . tanh(W h_t + U h_last),  weights = softmax of the scores
    result = h_last beside the weighted sum of all h_t

In notebooks a score is often one number within -1 and 1, the tanh of one product. Then no row
of a window counts more than e^2 times as much as another, so the sum is hardly more than a
mean; here v has no such limit.

Shapes: the outputs are (batch, length, units), the result is (batch, 2 * units).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

Tensor = Any


@keras.saving.register_keras_serializable(package="antiphon")
class WindowAttention(keras.layers.Layer):
    """The last output of a window, beside a sum of all outputs that it weighs.

    Parameters
    ----------
    width : int
        Width of the hidden layer of the scores.
    """

    def __init__(self, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights W, U and v."""
        units = input_shape[-1]
        self.answer = self.add_weight(
            name="answer", shape=(units, self.width), initializer="glorot_uniform"
        )
        self.query = self.add_weight(
            name="query", shape=(units, self.width), initializer="glorot_uniform"
        )
        self.score = self.add_weight(
            name="score", shape=(self.width, 1), initializer="glorot_uniform"
        )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the result."""
        units = input_shape[-1]
        return (input_shape[0], None if units is None else 2 * units)

    def call(self, outputs: Tensor) -> Tensor:
        """Return the last output and the weighted sum, (batch, 2 * units)."""
        last = outputs[:, -1]
        weights = ops.cast(self.weights_of(outputs), outputs.dtype)
        found = ops.squeeze(ops.matmul(weights[:, None], outputs), axis=1)
        return ops.concatenate([last, found], axis=-1)

    def weights_of(self, outputs: Tensor) -> Tensor:
        """Return the weight of each row, float32 (batch, length); they sum to 1."""
        answer, query, score = (
            ops.cast(ops.convert_to_tensor(w), outputs.dtype)
            for w in (self.answer, self.query, self.score)
        )
        # tensordot multiplies matrices of two axes, which an export can store in int8.
        hidden = ops.tensordot(outputs, answer, axes=1)
        hidden = ops.tanh(hidden + ops.matmul(outputs[:, -1], query)[:, None])
        scores = ops.squeeze(ops.tensordot(hidden, score, axes=1), axis=-1)
        return ops.softmax(ops.cast(scores, "float32"), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "width": self.width}
