"""What the classic networks share: they read a window of the last rows anew for each note.

A window holds `length` rows, the oldest first, as class + 1, int32; 0 is
"nothing yet", before the first row of a piece. On stage the window itself is
the state (the tensor `window`, float32), so that a step has the same form for
every instrument.

Shapes: windows int32 (batch, length, fields); logits float32 (batch, classes).
"""

from __future__ import annotations

from typing import Any

import keras

from antiphon_training.networks.window_lstm import WindowLSTM

Tensor = Any


class WindowNetwork(keras.Model):
    """A stack of layers over a window, and one head a field.

    Parameters
    ----------
    fields : tuple of str
        Names of the fields, in the order of prediction.
    sizes : tuple of int
        Classes predicted, a field; what is above counts as "nothing yet".
    length : int
        Rows of a window.
    """

    def __init__(
        self, fields: tuple[str, ...], sizes: tuple[int, ...], length: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.fields, self.sizes, self.length = tuple(fields), tuple(sizes), length
        self.stack: list[Any] = []
        self.heads: list[Any] = []

    @property
    def context(self) -> dict[str, Any]:
        """How it wants its context, for a card."""
        return {"kind": "window", "length": self.length}

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor without the batch."""
        return {"window": (self.length, len(self.fields))}

    def read(self, window: Tensor) -> Tensor:
        """Return what the first layer reads of a window."""
        raise NotImplementedError

    def features(self, window: Tensor, training: bool = False) -> Tensor:
        """Return what the heads read, (batch, units)."""
        x = self.read(window)
        for layer in self.stack:
            x = layer(x, training=training) if _has_modes(layer) else layer(x)
        return x

    def unrolled_features(self, window: Tensor) -> Tensor:
        """Return the same by plain steps, for a graph to export."""
        x = self.read(window)
        for layer in self.stack:
            if isinstance(layer, keras.layers.Dropout):
                continue
            x = layer.by_steps(x, self.length) if isinstance(layer, WindowLSTM) else layer(x)
        return x

    def run_step(self, previous: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Read one row (batch, fields); return features and the new state."""
        ops = keras.ops
        nothing = ops.convert_to_tensor(self.sizes, dtype="int32")
        row = ops.where(previous >= nothing, 0, previous + 1)
        window = ops.concatenate([state[0][:, 1:], ops.cast(row, "float32")[:, None]], axis=1)
        return self.unrolled_features(ops.cast(window, "int32")), [window]


def _has_modes(layer: Any) -> bool:
    return isinstance(layer, (keras.layers.Dropout, keras.layers.LSTM))
