"""The recurrent part of an LSTM layer: its gates, without the product of the input.

The gates are those of Hochreiter and Schmidhuber (1997) with the forget gate of
Gers et al. (2000), in the order input, forget, output, candidate.

The pre-activations `z` already contain the product of the input and the bias. Only the
recurrent product is inside the loop, and a hand-written gradient collects those of the gates,
so the recurrent matrix has one large product for the whole sequence.

The code is the same on TensorFlow and JAX; `backend` has their loops. Sequences are
time-major: (time, batch, features).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keras import ops

from antiphon_training.networks.recurrence.backend import loop

if TYPE_CHECKING:
    from collections.abc import Callable

Tensor = Any


def cell_step(z: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """Return h and c after one step; z is (batch, 4 * units), all pre-activations."""
    i, f, o, u = _gates(z, z.shape[-1] // 4)
    c = f * c + i * u
    return o * ops.tanh(c), c


@ops.custom_gradient
def gated_sequence(
    z: Tensor, h0: Tensor, c0: Tensor, recurrent: Tensor
) -> tuple[tuple[Tensor, Tensor, Tensor], Callable[..., tuple[Tensor, ...]]]:
    """Return the outputs (time, batch, units) and the last h and c, with their gradient.

    The cell c is always float32: it is a sum over the whole sequence, for which the eight
    bits of a bfloat16 mantissa are too few.
    """
    dtype, units = z.dtype, recurrent.shape[0]

    def forward(state: tuple[Tensor, ...], now: tuple[Tensor, ...]) -> Any:
        h, c = state
        i, f, o, u = _gates(now[0] + ops.matmul(h, recurrent), units)
        c = ops.cast(f, "float32") * c + ops.cast(i * u, "float32")
        h = o * ops.tanh(ops.cast(c, dtype))
        return (h, c), (ops.concatenate([i, f, o, u], axis=-1), c, h)

    kinds = ((4 * units, dtype), (units, "float32"), (units, dtype))
    (h_last, c_last), (gates, cells, outputs) = loop(forward, (h0, c0), (z,), kinds)

    def gradient(*upstream: Any) -> tuple[Tensor, ...]:
        # TensorFlow passes one gradient for each output, JAX all of them as one tuple.
        d_outputs, *d_last = upstream[0] if len(upstream) == 1 else upstream
        return _backward((gates, cells, outputs), (h0, c0, recurrent), d_outputs, tuple(d_last))

    return (outputs, h_last, c_last), gradient


def _backward(
    kept: tuple[Tensor, Tensor, Tensor],
    begun: tuple[Tensor, Tensor, Tensor],
    d_outputs: Tensor,
    d_last: tuple[Tensor, ...],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of z, h0, c0 and the recurrent weights."""
    (gates, cells, outputs), (h0, c0, recurrent) = kept, begun
    dtype, units = outputs.dtype, recurrent.shape[0]
    turned = ops.transpose(recurrent)

    def backward(state: tuple[Tensor, ...], now: tuple[Tensor, ...]) -> Any:
        (d_h, d_c), (d_output, gates_now, c, c_before) = state, now
        d_h = d_h + d_output
        i, f, o, u = ops.split(gates_now, 4, axis=-1)
        tanh_c = ops.tanh(ops.cast(c, dtype))
        d_c = d_c + ops.cast(d_h * o * (1 - tanh_c * tanh_c), "float32")
        d_cell = ops.cast(d_c, dtype)
        parts = [
            d_cell * u * i * (1 - i),
            ops.cast(d_c * c_before, dtype) * f * (1 - f),
            d_h * tanh_c * o * (1 - o),
            d_cell * i * (1 - u * u),
        ]
        row = ops.concatenate(parts, axis=-1)
        return (ops.matmul(row, turned), d_c * ops.cast(f, "float32")), (row,)

    sequences = (d_outputs, gates, cells, _delayed(c0, cells))
    kinds = ((4 * units, dtype),)
    (d_h0, d_c0), (d_z,) = loop(backward, d_last, sequences, kinds, backwards=True)
    both = ((0, 1), (0, 1))
    return d_z, d_h0, d_c0, ops.tensordot(_delayed(h0, outputs), d_z, axes=both)


def _gates(z: Tensor, units: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return input, forget and output gate and the candidate of pre-activations (batch, 4u)."""
    # Not as slices: in an instrument file those take three times as long.
    gates, candidate = ops.split(z, [3 * units], axis=-1)
    i, f, o = ops.split(ops.sigmoid(gates), 3, axis=-1)
    return i, f, o, ops.tanh(candidate)


def _delayed(first: Tensor, sequence: Tensor) -> Tensor:
    """Return a sequence moved by one step, with `first` in front."""
    return ops.concatenate([first[None], sequence[:-1]], axis=0)
