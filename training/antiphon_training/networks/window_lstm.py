"""Keras' LSTM layer, with a faster loop.

Weights, names and results are those of `keras.layers.LSTM`. Sequences are
batch-major: (batch, time, features).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from antiphon_training.networks.recurrence.backend import rows
from antiphon_training.networks.recurrence.gated import cell_step, gated_sequence

Tensor = Any


@keras.saving.register_keras_serializable(package="antiphon")
class WindowLSTM(keras.layers.LSTM):
    """An LSTM over whole windows, from a state of zeros.

    Parameters
    ----------
    units : int
        Width of the state.
    classes : int, optional
        If given, the input is class numbers, (batch, time), with the same result as for
        their one-hot vectors: rows of the kernel are looked up instead of a product.
    **kwargs
        As for `keras.layers.LSTM`; activations must be the default ones.
    """

    def __init__(self, units: int, classes: int | None = None, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.classes = classes

    def build(
        self,
        sequences_shape: tuple[int | None, ...],
        initial_state_shape: Any = None,
    ) -> None:
        """Make the weights.

        Keras hands the arguments on to `compute_output_shape` by name (for `summary`), so
        they have the names of its own layer's.
        """
        if self.classes is not None:
            sequences_shape = (*sequences_shape[:2], self.classes)
        super().build(sequences_shape, initial_state_shape)
        if self.classes is not None:
            self.input_spec = None  # Keras would require vectors

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Tensor:
        """Return the outputs (batch, time, units), or the last of them."""
        if initial_state is not None or mask is not None:
            return super().call(sequences, initial_state, mask, training)
        z = self._read(sequences)
        h = ops.zeros_like(z[:, 0, : self.units])
        recurrent = house_order(ops.cast(self.cell.recurrent_kernel, z.dtype))
        outputs, last, _ = gated_sequence(
            ops.transpose(z, (1, 0, 2)), h, ops.cast(h, "float32"), recurrent
        )
        return ops.transpose(outputs, (1, 0, 2)) if self.return_sequences else last

    def by_steps(self, sequences: Tensor, length: int) -> Tensor:
        """Return the result of `call`, with unrolled steps, for a graph to export."""
        z = self._read(sequences)
        recurrent = house_order(ops.cast(self.cell.recurrent_kernel, z.dtype))
        h = c = ops.zeros_like(z[:, 0, : self.units])
        outputs = []
        for at in range(length):
            h, c = cell_step(z[:, at] + ops.matmul(h, recurrent), c)
            outputs.append(h)
        return ops.stack(outputs, axis=1) if self.return_sequences else h

    def _read(self, sequences: Tensor) -> Tensor:
        """Return the input's part of the gates, (batch, time, 4 * units), house order."""
        kernel = house_order(ops.cast(self.cell.kernel, self.compute_dtype))
        bias = house_order(ops.cast(self.cell.bias, self.compute_dtype))
        if self.classes is not None:
            return rows(kernel, ops.cast(sequences, "int32")) + bias
        return ops.tensordot(ops.cast(sequences, self.compute_dtype), kernel, axes=1) + bias

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "classes": self.classes}


def house_order(gates: Tensor) -> Tensor:
    """Return gates with the candidate last; in Keras the output gate is last."""
    i, f, candidate, o = ops.split(gates, 4, axis=-1)
    return ops.concatenate([i, f, o, candidate], axis=-1)
