"""An LSTM layer that keeps a processor busy, and hands its state in and out.

The gates are those of Hochreiter and Schmidhuber (1997) with the forget gate of
Gers et al. (2000), in the order input, forget, output, candidate.

Keras' own layer multiplies inputs and state inside its loop and lets autodiff
walk back through it. Here, as cuDNN does, the input is multiplied by its weights
once for the whole sequence, the loop holds the recurrent product alone, and a
hand-written gradient collects the gates' gradients so that each weight matrix
has one large product: about twice the notes a second on the same cores, and
twice that again in bfloat16 where the processor knows it.

Sequences are time-major: shape (time, batch, features).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable

Tensor = Any


def _gates(z: Tensor, units: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return input, forget and output gate and the candidate of pre-activations (batch, 4u)."""
    squashed = tf.sigmoid(z[:, : 3 * units])
    candidate = tf.tanh(z[:, 3 * units :])
    i, f, o = tf.split(squashed, 3, axis=-1)
    return i, f, o, candidate


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the state after one step; x is (batch, features), h and c are (batch, units)."""
    z = tf.linalg.matmul(x, kernel) + tf.linalg.matmul(h, recurrent) + bias
    i, f, o, u = _gates(z, recurrent.shape[0])
    c = f * c + i * u
    return o * tf.tanh(c), c


@tf.custom_gradient
def lstm_sequence(
    x: Tensor, h0: Tensor, c0: Tensor, kernel: Tensor, recurrent: Tensor, bias: Tensor
) -> tuple[tuple[Tensor, Tensor, Tensor], Callable[..., tuple[Tensor, ...]]]:
    """Return the outputs (time, batch, units) and the last h and c, with their gradient.

    The cell c is float32 whatever the precision of the rest: it is a sum over
    the whole sequence, and eight bits of mantissa would forget.
    """
    dtype, units = x.dtype, recurrent.shape[0]
    steps, batch = tf.shape(x)[0], tf.shape(x)[1]
    flat = tf.reshape(x, (-1, x.shape[-1]))
    z = tf.reshape(tf.linalg.matmul(flat, kernel) + bias, (steps, batch, 4 * units))
    z_at = tf.TensorArray(dtype, steps).unstack(z)

    def rows(width: int, kind: tf.DType = dtype) -> tf.TensorArray:
        return tf.TensorArray(kind, steps, element_shape=(None, width))

    def forward(
        t: Tensor, h: Tensor, c: Tensor, gates: Tensor, cells: Tensor, outputs: Tensor
    ) -> tuple[Tensor, ...]:
        i, f, o, u = _gates(z_at.read(t) + tf.linalg.matmul(h, recurrent), units)
        c = tf.cast(f, tf.float32) * c + tf.cast(i * u, tf.float32)
        h = o * tf.tanh(tf.cast(c, dtype))
        packed = tf.concat([i, f, o, u], axis=-1)
        return t + 1, h, c, gates.write(t, packed), cells.write(t, c), outputs.write(t, h)

    _, h_last, c_last, gates, cells, outputs = tf.while_loop(
        lambda t, *_: t < steps,
        forward,
        (0, h0, c0, rows(4 * units), rows(units, tf.float32), rows(units)),
    )
    hs, cs, acts = outputs.stack(), cells.stack(), gates.stack()

    def gradient(d_hs: Tensor, d_h_last: Tensor, d_c_last: Tensor) -> tuple[Tensor, ...]:
        c_before = tf.concat([c0[None], cs[:-1]], axis=0)
        d_h_at = tf.TensorArray(dtype, steps).unstack(d_hs)
        acts_at = tf.TensorArray(dtype, steps).unstack(acts)
        c_at = tf.TensorArray(tf.float32, steps).unstack(cs)
        c_before_at = tf.TensorArray(tf.float32, steps).unstack(c_before)

        def backward(t: Tensor, d_h: Tensor, d_c: Tensor, d_z: Tensor) -> tuple[Tensor, ...]:
            d_h = d_h + d_h_at.read(t)
            i, f, o, u = tf.split(acts_at.read(t), 4, axis=-1)
            tanh_c = tf.tanh(tf.cast(c_at.read(t), dtype))
            d_c = d_c + tf.cast(d_h * o * (1 - tanh_c * tanh_c), tf.float32)
            d_cell = tf.cast(d_c, dtype)
            d_forget = tf.cast(d_c * c_before_at.read(t), dtype) * f * (1 - f)
            row = tf.concat(
                [
                    d_cell * u * i * (1 - i),
                    d_forget,
                    d_h * tanh_c * o * (1 - o),
                    d_cell * i * (1 - u * u),
                ],
                axis=-1,
            )
            d_h = tf.linalg.matmul(row, recurrent, transpose_b=True)
            return t - 1, d_h, d_c * tf.cast(f, tf.float32), d_z.write(t, row)

        _, d_h0, d_c0, d_z_rows = tf.while_loop(
            lambda t, *_: t >= 0, backward, (steps - 1, d_h_last, d_c_last, rows(4 * units))
        )
        d_z = tf.reshape(d_z_rows.stack(), (-1, 4 * units))
        h_before = tf.reshape(tf.concat([h0[None], hs[:-1]], axis=0), (-1, units))
        return (
            tf.reshape(tf.linalg.matmul(d_z, kernel, transpose_b=True), tf.shape(x)),
            d_h0,
            d_c0,
            tf.linalg.matmul(flat, d_z, transpose_a=True),
            tf.linalg.matmul(h_before, d_z, transpose_a=True),
            tf.reduce_sum(d_z, axis=0),
        )

    return (hs, h_last, c_last), gradient


@keras.saving.register_keras_serializable(package="antiphon")
class SequenceLSTM(keras.layers.Layer):
    """One LSTM layer over time-major sequences, with its state as a value.

    Parameters
    ----------
    units : int
        Width of the state.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; the forget gate starts open (Jozefowicz et al., 2015)."""
        units = self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], 4 * units), initializer="glorot_uniform"
        )
        self.recurrent = self.add_weight(
            name="recurrent", shape=(units, 4 * units), initializer="orthogonal"
        )
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer="zeros")
        self.bias.assign(tf.concat([tf.zeros(units), tf.ones(units), tf.zeros(2 * units)], axis=0))

    def _weights(self) -> list[Tensor]:
        return [tf.cast(w, self.compute_dtype) for w in (self.kernel, self.recurrent, self.bias)]

    def call(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return outputs (time, batch, units) and the last h (compute dtype) and c (float32)."""
        h = tf.cast(h, self.compute_dtype)
        outputs: tuple[Tensor, Tensor, Tensor] = lstm_sequence(
            x, h, tf.cast(c, tf.float32), *self._weights()
        )
        return outputs

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return h and c after one step of x, shape (batch, features)."""
        return lstm_step(x, h, c, *self._weights())

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "units": self.units}
