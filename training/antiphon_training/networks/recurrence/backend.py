"""The operations of the networks that differ between TensorFlow and JAX.

Keras has `scan` and `take`, but its scan must write values of the form that it carries, and
its take counts negative numbers from the end, which would add three operations to each
look-up in an instrument file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Tensor = Any
Values = tuple[Tensor, ...]


def rows(table: Tensor, classes: Tensor) -> Tensor:
    """Return the rows (..., width) of a table (classes, width)."""
    table = keras.ops.convert_to_tensor(table)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.gather(table, classes)
    return keras.ops.take(table, classes, axis=0)


def loop(
    step: Callable[[Values, Values], tuple[Values, Values]],
    state: Values,
    sequences: Values,
    kinds: Sequence[tuple[int, Any]],
    *,
    backwards: bool = False,
) -> tuple[Values, Values]:
    """Run a step over time. The result has no gradient.

    Parameters
    ----------
    step : callable
        Takes the state and the row (batch, width) of each sequence; returns the next
        state and a row of each output.
    state : tuple of tensors
        The first state.
    sequences : tuple of tensors
        Each (time, batch, width).
    kinds : sequence of (int, dtype)
        Width and type of each output.
    backwards : bool
        Whether to begin with the last row; outputs are still in the order of time.

    Returns
    -------
    tuple, tuple
        The last state, and the outputs, each (time, batch, width).
    """
    if keras.backend.backend() == "jax":
        import jax

        last: Any = jax.lax.scan(step, state, sequences, reverse=backwards)
        return last[0], last[1]
    return _tensorflow_loop(step, state, sequences, kinds, backwards)


def _tensorflow_loop(
    step: Any, state: Values, sequences: Values, kinds: Sequence[tuple[int, Any]], backwards: bool
) -> tuple[Values, Values]:
    import tensorflow as tf

    steps = tf.shape(sequences[0])[0]
    rows = [tf.TensorArray(x.dtype, steps).unstack(x) for x in sequences]
    written = tuple(
        tf.TensorArray(dtype, steps, element_shape=(None, width)) for width, dtype in kinds
    )

    def once(t: Tensor, state: Values, written: Values) -> tuple[Tensor, Values, Values]:
        state, outputs = step(state, tuple(row.read(t) for row in rows))
        written = tuple(w.write(t, o) for w, o in zip(written, outputs, strict=True))
        return (t - 1 if backwards else t + 1), state, written

    _, state, written = tf.while_loop(
        (lambda t, *_: t >= 0) if backwards else (lambda t, *_: t < steps),
        once,
        (steps - 1 if backwards else 0, tuple(state), written),
    )
    return tuple(state), tuple(w.stack() for w in written)
