"""The recurrent half of an LSTM: gates whose input was multiplied before.

Pre-activations come in as `z`, with input weights and bias already in them; the
loop holds the recurrent product alone, and a hand-written gradient collects the
gates' gradients, so that the recurrent matrix has one large product for the
whole sequence. Gates stand in the order input, forget, output, candidate.

TensorFlow only; sequences are time-major: (time, batch, features).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Callable

Tensor = Any


def gates(z: Tensor, units: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return input, forget and output gate and the candidate of pre-activations (batch, 4u)."""
    squashed = tf.sigmoid(z[:, : 3 * units])
    candidate = tf.tanh(z[:, 3 * units :])
    i, f, o = tf.split(squashed, 3, axis=-1)
    return i, f, o, candidate


def cell_step(z: Tensor, h: Tensor, c: Tensor, recurrent: Tensor) -> tuple[Tensor, Tensor]:
    """Return h and c after one step; z is (batch, 4 * units)."""
    i, f, o, u = gates(z + tf.linalg.matmul(h, recurrent), recurrent.shape[0])
    c = f * c + i * u
    return o * tf.tanh(c), c


@tf.custom_gradient
def gated_sequence(
    z: Tensor, h0: Tensor, c0: Tensor, recurrent: Tensor
) -> tuple[tuple[Tensor, Tensor, Tensor], Callable[..., tuple[Tensor, ...]]]:
    """Return the outputs (time, batch, units) and the last h and c, with their gradient.

    The cell c is float32 whatever the precision of the rest: it is a sum over
    the whole sequence, and eight bits of mantissa would forget.
    """
    dtype, units, steps = z.dtype, recurrent.shape[0], tf.shape(z)[0]
    z_at = tf.TensorArray(dtype, steps).unstack(z)

    def forward(
        t: Tensor, h: Tensor, c: Tensor, acts: Tensor, cells: Tensor, outputs: Tensor
    ) -> tuple[Tensor, ...]:
        i, f, o, u = gates(z_at.read(t) + tf.linalg.matmul(h, recurrent), units)
        c = tf.cast(f, tf.float32) * c + tf.cast(i * u, tf.float32)
        h = o * tf.tanh(tf.cast(c, dtype))
        packed = tf.concat([i, f, o, u], axis=-1)
        return t + 1, h, c, acts.write(t, packed), cells.write(t, c), outputs.write(t, h)

    rows = (_rows(dtype, steps, 4 * units), _rows(tf.float32, steps, units))
    _, h_last, c_last, acts, cells, outputs = tf.while_loop(
        lambda t, *_: t < steps, forward, (0, h0, c0, *rows, _rows(dtype, steps, units))
    )
    hs = outputs.stack()
    kept = (hs, cells.stack(), acts.stack())

    def gradient(d_hs: Tensor, d_h: Tensor, d_c: Tensor) -> tuple[Tensor, ...]:
        return _backward(kept, (h0, c0, recurrent), d_hs, d_h, d_c)

    return (hs, h_last, c_last), gradient


def _backward(
    kept: tuple[Tensor, Tensor, Tensor],
    begun: tuple[Tensor, Tensor, Tensor],
    d_hs: Tensor,
    d_h_last: Tensor,
    d_c_last: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of z, h0, c0 and the recurrent weights."""
    (hs, cs, acts), (h0, c0, recurrent) = kept, begun
    dtype, units, steps = hs.dtype, recurrent.shape[0], tf.shape(hs)[0]
    d_h_at = tf.TensorArray(dtype, steps).unstack(d_hs)
    acts_at = tf.TensorArray(dtype, steps).unstack(acts)
    c_at = tf.TensorArray(tf.float32, steps).unstack(cs)
    c_before_at = tf.TensorArray(tf.float32, steps).unstack(tf.concat([c0[None], cs[:-1]], axis=0))

    def backward(t: Tensor, d_h: Tensor, d_c: Tensor, d_z: Tensor) -> tuple[Tensor, ...]:
        d_h = d_h + d_h_at.read(t)
        i, f, o, u = tf.split(acts_at.read(t), 4, axis=-1)
        tanh_c = tf.tanh(tf.cast(c_at.read(t), dtype))
        d_c = d_c + tf.cast(d_h * o * (1 - tanh_c * tanh_c), tf.float32)
        d_cell = tf.cast(d_c, dtype)
        parts = [
            d_cell * u * i * (1 - i),
            tf.cast(d_c * c_before_at.read(t), dtype) * f * (1 - f),
            d_h * tanh_c * o * (1 - o),
            d_cell * i * (1 - u * u),
        ]
        row = tf.concat(parts, axis=-1)
        d_h = tf.linalg.matmul(row, recurrent, transpose_b=True)
        return t - 1, d_h, d_c * tf.cast(f, tf.float32), d_z.write(t, row)

    _, d_h0, d_c0, d_rows = tf.while_loop(
        lambda t, *_: t >= 0,
        backward,
        (steps - 1, d_h_last, d_c_last, _rows(dtype, steps, 4 * units)),
    )
    d_z = d_rows.stack()
    h_before = tf.reshape(tf.concat([h0[None], hs[:-1]], axis=0), (-1, units))
    flat = tf.reshape(d_z, (-1, 4 * units))
    return d_z, d_h0, d_c0, tf.linalg.matmul(h_before, flat, transpose_a=True)


def _rows(dtype: tf.DType, steps: Tensor, width: int) -> tf.TensorArray:
    return tf.TensorArray(dtype, steps, element_shape=(None, width))
