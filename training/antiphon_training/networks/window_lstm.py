"""Keras' LSTM, with the fast loop of the house inside where TensorFlow runs it.

Weights, names and results are those of `keras.layers.LSTM`; on another back end
its own code runs. Sequences are batch-major: (batch, time, features).
"""

from __future__ import annotations

from typing import Any

import keras

Tensor = Any


@keras.saving.register_keras_serializable(package="antiphon")
class WindowLSTM(keras.layers.LSTM):
    """An LSTM over whole windows, from a state of zeros.

    Parameters
    ----------
    units : int
        Width of the state.
    classes : int, optional
        Where given, the input is class numbers, (batch, time), and means the
        same as their one-hot vectors: a row of the kernel is looked up where
        those would be multiplied by all of it.
    **kwargs
        As for `keras.layers.LSTM`; the gates must be the usual ones.
    """

    def __init__(self, units: int, classes: int | None = None, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.classes = classes

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        if self.classes is not None:
            input_shape = (*input_shape[:2], self.classes)
        super().build(input_shape)
        if self.classes is not None:
            self.input_spec = None  # Keras would ask for vectors

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Any = None,
        training: bool = False,
    ) -> Tensor:
        """Return the outputs (batch, time, units), or the last of them."""
        if keras.backend.backend() != "tensorflow" or initial_state is not None or mask is not None:
            if self.classes is not None:
                sequences = keras.ops.one_hot(sequences, self.classes, dtype=self.compute_dtype)
            return super().call(sequences, initial_state, mask, training)
        import tensorflow as tf

        from antiphon_training.networks.gated import gated_sequence

        z = self._read(sequences)
        batch = tf.shape(z)[0]
        h = tf.zeros((batch, self.units), z.dtype)
        c = tf.zeros((batch, self.units), tf.float32)
        recurrent = house_order(tf.cast(self.cell.recurrent_kernel, z.dtype))
        outputs, last, _ = gated_sequence(tf.transpose(z, (1, 0, 2)), h, c, recurrent)
        return tf.transpose(outputs, (1, 0, 2)) if self.return_sequences else last

    def by_steps(self, sequences: Tensor, length: int) -> Tensor:
        """Return what `call` returns, step by step without a loop, for a graph to export."""
        import tensorflow as tf

        from antiphon_training.networks.gated import cell_step

        z = self._read(sequences)
        recurrent = house_order(tf.cast(self.cell.recurrent_kernel, z.dtype))
        h = c = tf.zeros_like(z[:, 0, : self.units])
        outputs = []
        for at in range(length):
            h, c = cell_step(z[:, at], h, c, recurrent)
            outputs.append(h)
        return tf.stack(outputs, axis=1) if self.return_sequences else h

    def _read(self, sequences: Tensor) -> Tensor:
        """Return what the input adds to the gates, (batch, time, 4 * units), house order."""
        import tensorflow as tf

        kernel = house_order(tf.cast(self.cell.kernel, self.compute_dtype))
        bias = house_order(tf.cast(self.cell.bias, self.compute_dtype))
        if self.classes is not None:
            return tf.gather(kernel, tf.cast(sequences, tf.int32)) + bias
        sequences = tf.cast(sequences, self.compute_dtype)
        features, steps = sequences.shape[-1], tf.shape(sequences)[1]
        flat = tf.linalg.matmul(tf.reshape(sequences, (-1, features)), kernel) + bias
        return tf.reshape(flat, (-1, steps, 4 * self.units))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {**super().get_config(), "classes": self.classes}


def house_order(gates: Tensor) -> Tensor:
    """Return gates with the candidate last; Keras has the output gate there."""
    import tensorflow as tf

    i, f, candidate, o = tf.split(gates, 4, axis=-1)
    return tf.concat([i, f, o, candidate], axis=-1)
