"""The two layers of a block of a Transformer: attention to the last rows, and a dense part.

The heads of an attention have a query each, and share keys and values (Shazeer, 2019): so the
state, which is keys and values of the last rows, is small, and a row takes the same time
however long the music is.

Positions are relative: a score has a number for the age of what is seen, which begins as in
ALiBi (Press et al., 2022), a slope a head, and is then learned, so that a head may look
exactly so many rows back.

Both layers normalise what they read by its root mean square (Zhang and Sennrich, 2019), and
return what is to be added to it.

Shapes: sequences are (batch, time, units), rows (batch, units), keys and values
(batch, places, width), where the width is that of one head.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from antiphon_training.networks.attention import by_age

Tensor = Any

SMALLEST = 1e-6
"""Added to the mean square, which may be 0."""
HIDDEN = 4
"""The hidden layer of the dense part is so many times as wide as its input."""


def normalised(x: Tensor, gain: Tensor) -> Tensor:
    """Return rows of a root mean square of 1, times a gain for each number."""
    whole = ops.cast(x, "float32")
    mean = ops.mean(ops.square(whole), axis=-1, keepdims=True)
    gain = ops.cast(ops.convert_to_tensor(gain), "float32")
    return ops.cast(whole * ops.rsqrt(mean + SMALLEST) * gain, x.dtype)


@keras.saving.register_keras_serializable(package="antiphon")
class RootMeanSquare(keras.layers.Layer):
    """The normalisation before the heads of a network."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the gain."""
        self.gain = self.add_weight(name="gain", shape=(input_shape[-1],), initializer="ones")

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the same shape."""
        return input_shape

    def call(self, x: Tensor) -> Tensor:
        """Return normalised rows."""
        return normalised(x, self.gain)


@keras.saving.register_keras_serializable(package="antiphon")
class CausalAttention(keras.layers.Layer):
    """Attention of each row to itself and to the rows before it.

    Parameters
    ----------
    heads : int
        Number of heads, each of `units // heads` numbers.
    reach : int
        Rows that each row sees, itself among them.
    """

    def __init__(self, heads: int, reach: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.reach = heads, reach

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        units = input_shape[-1] or 0
        self.width = units // self.heads
        made = (self.heads + 2) * self.width  # a query a head, one key, one value
        self.gain = self.add_weight(name="gain", shape=(units,), initializer="ones")
        self.projection = self.add_weight(
            name="projection", shape=(units, made), initializer="glorot_uniform"
        )
        self.back = self.add_weight(
            name="back", shape=(self.heads * self.width, units), initializer="glorot_uniform"
        )
        # The oldest first, as keys and values are.
        self.age = self.add_weight(
            name="age",
            shape=(self.heads, self.reach),
            initializer=keras.initializers.Constant(slopes(self.heads, self.reach)),
        )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the same shape."""
        return input_shape

    def call(
        self, x: Tensor, keys: Tensor, values: Tensor, unseen: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Read a sequence.

        Parameters
        ----------
        x : shape (batch, time, units)
        keys, values : float32, shape (batch, reach - 1, width)
            Those of the rows before.
        unseen : float32, shape (batch, reach - 1 + time)
            What is added to the scores of each place: `UNSEEN` where there is no row.

        Returns
        -------
        tuple
            What is to be added to x, and keys and values of the last rows.
        """
        steps = x.shape[1] or ops.shape(x)[1]
        query, key, value = self._project(x)
        keys = ops.concatenate([ops.cast(keys, x.dtype), key], axis=1)
        values = ops.concatenate([ops.cast(values, x.dtype), value], axis=1)
        # (batch, heads, time, width) by (batch, 1, width, places)
        query = ops.transpose(query, (0, 2, 1, 3))
        scores = ops.matmul(query, ops.transpose(keys, (0, 2, 1))[:, None])
        ages = ops.cast(ops.convert_to_tensor(self.age), "float32")
        scores = ops.cast(scores, "float32") + by_age(ages, steps)
        scores = scores + ops.cast(unseen, "float32")[:, None, None]
        weights = ops.cast(ops.softmax(scores, axis=-1), x.dtype)
        found = ops.transpose(ops.matmul(weights, values[:, None]), (0, 2, 1, 3))
        found = ops.reshape(found, (-1, steps, self.heads * self.width))
        keys, values = (ops.cast(x, "float32") for x in (keys, values))
        last = 1 - self.reach
        return self._back(found), keys[:, last:], values[:, last:]

    def step(
        self, x: Tensor, keys: Tensor, values: Tensor, unseen: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Do the same with one row: x (batch, units), unseen (batch, reach)."""
        query, key, value = self._project(x)
        keys = ops.concatenate([keys, key[:, None]], axis=1)
        values = ops.concatenate([values, value[:, None]], axis=1)
        scores = ops.matmul(query, ops.transpose(keys, (0, 2, 1)))
        scores = scores + self.age + unseen[:, None]
        found = ops.matmul(ops.softmax(scores, axis=-1), values)
        found = ops.reshape(found, (-1, self.heads * self.width))
        return self._back(found), keys[:, 1:], values[:, 1:]

    def _project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries (..., heads, width), key and value (..., width)."""
        kernel = ops.cast(ops.convert_to_tensor(self.projection), x.dtype)
        made = ops.matmul(normalised(x, self.gain), kernel)
        wide = self.heads * self.width
        query, key, value = ops.split(made, [wide, wide + self.width], axis=-1)
        time = (x.shape[1] or ops.shape(x)[1],) if len(x.shape) > 2 else ()
        query = ops.reshape(query, (-1, *time, self.heads, self.width))
        return query * float(self.width**-0.5), key, value

    def _back(self, found: Tensor) -> Tensor:
        return ops.matmul(found, ops.cast(ops.convert_to_tensor(self.back), found.dtype))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "heads": self.heads, "reach": self.reach}


@keras.saving.register_keras_serializable(package="antiphon")
class DensePart(keras.layers.Layer):
    """A hidden layer `HIDDEN` times as wide as the rows, and the way back."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        units = input_shape[-1] or 0
        self.gain = self.add_weight(name="gain", shape=(units,), initializer="ones")
        self.wide = self.add_weight(
            name="wide", shape=(units, HIDDEN * units), initializer="glorot_uniform"
        )
        self.bias = self.add_weight(name="bias", shape=(HIDDEN * units,), initializer="zeros")
        self.back = self.add_weight(
            name="back", shape=(HIDDEN * units, units), initializer="glorot_uniform"
        )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the same shape."""
        return input_shape

    def call(self, x: Tensor) -> Tensor:
        """Return what is to be added to x, of the same shape."""
        wide, bias, back = (
            ops.cast(ops.convert_to_tensor(w), x.dtype) for w in (self.wide, self.bias, self.back)
        )
        hidden = ops.silu(ops.matmul(normalised(x, self.gain), wide) + bias)
        return ops.matmul(hidden, back)


def slopes(heads: int, reach: int) -> np.ndarray:
    """Return the first weights of ages, float32 (heads, reach), the oldest first.

    Head h of n falls by 2^(-8 h / n) a row, as in ALiBi.
    """
    falls = np.array([math.pow(2.0, -8.0 * (h + 1) / heads) for h in range(heads)])
    ages = np.arange(reach - 1, -1, -1)
    return (-falls[:, None] * ages).astype(np.float32)
