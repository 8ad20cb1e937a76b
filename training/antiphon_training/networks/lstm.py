"""An LSTM layer that trains fast on a processor, with its state as input and output.

Keras' own layer multiplies inputs and state inside its loop, and its gradient goes back
through that loop. Here, as in cuDNN, the input is multiplied by its weights once for the
whole sequence, only the recurrent product is inside the loop, and a hand-written gradient
collects the gradients of the gates, so each weight matrix has one large product.
`benchmarks/training.py` compares the two.

Sequences are time-major: shape (time, batch, features).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from antiphon_training.networks.recurrence.gated import cell_step, gated_sequence

Tensor = Any


@keras.saving.register_keras_serializable(package="antiphon")
def open_forget_gate(shape: tuple[int, ...], dtype: Any = None) -> Tensor:
    """Return the initial biases: 1 for the forget gate (Jozefowicz et al., 2015), else 0."""
    units = shape[0] // 4
    gates = [ops.zeros(units, dtype), ops.ones(units, dtype), ops.zeros(2 * units, dtype)]
    return ops.concatenate(gates, axis=0)


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
        """Make the weights; gates stand in the order input, forget, output, candidate."""
        units = self.units
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], 4 * units), initializer="glorot_uniform"
        )
        self.recurrent = self.add_weight(
            name="recurrent", shape=(units, 4 * units), initializer="orthogonal"
        )
        self.bias = self.add_weight(name="bias", shape=(4 * units,), initializer=open_forget_gate)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[tuple[int | None, ...], ...]:
        """Return the shapes of the outputs, the last h and the last c, for `summary`."""
        state = (input_shape[1], self.units)
        return (*input_shape[:2], self.units), state, state

    def call(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return outputs (time, batch, units) and the last h (compute dtype) and c (float32)."""
        kernel, recurrent, bias = self._weights()
        z = ops.tensordot(x, kernel, axes=1) + bias
        h = ops.cast(h, self.compute_dtype)
        outputs: tuple[Tensor, Tensor, Tensor] = gated_sequence(
            z, h, ops.cast(c, "float32"), recurrent
        )
        return outputs

    def step(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return h and c after one step of x, shape (batch, features).

        Input and state are multiplied as one row, because a step is too small for two
        products.
        """
        kernel, recurrent, bias = self._weights()
        row = ops.concatenate([x, h], axis=-1)
        return cell_step(ops.matmul(row, ops.concatenate([kernel, recurrent])) + bias, c)

    def _weights(self) -> list[Tensor]:
        return [
            ops.cast(ops.convert_to_tensor(w), self.compute_dtype)
            for w in (self.kernel, self.recurrent, self.bias)
        ]

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "units": self.units}
