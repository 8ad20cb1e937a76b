"""The base of the networks of windows, which read the last rows again for each note.

A window holds `length` rows, the oldest first, as class + 1, int32; 0 is "nothing yet",
before the first row of a piece. On stage the window itself is the state (the tensor
`window`, float32), so a step has the same form for every instrument.

Shapes: windows int32 (batch, length, fields); logits float32 (batch, classes).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from antiphon_training.networks.window_lstm import WindowLSTM

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensor = Any
Compiled = Callable[[Any], Any]
FieldLogits = Callable[[list[Tensor]], Tensor]

WINDOWS_AT_ONCE = 250
"""Windows that `piece_logits` gives to the network in one call."""


class WindowNetwork(keras.Model):
    """A stack of layers over a window, and one head a field.

    Parameters
    ----------
    fields : tuple of str
        Names of the fields, in the order of prediction.
    sizes : tuple of int
        Classes predicted, a field; a larger class is read as "nothing yet".
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
        """The form of its context, for a card: a window of so many rows."""
        return {"kind": "window", "length": self.length}

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state tensor without the batch."""
        return {"window": (self.length, len(self.fields))}

    def read(self, window: Tensor) -> Tensor:
        """Return the input of the first layer for a window."""
        raise NotImplementedError

    def features(self, window: Tensor, training: bool = False) -> Tensor:
        """Return the input of the heads, (batch, units)."""
        x = self.read(window)
        for layer in self.stack:
            x = layer(x, training=training) if _has_modes(layer) else layer(x)
        return x

    def unrolled_features(self, window: Tensor) -> Tensor:
        """Return the same without loops, for a graph to export."""
        x = self.read(window)
        for layer in self.stack:
            if isinstance(layer, keras.layers.Dropout):
                continue
            x = layer.by_steps(x, self.length) if isinstance(layer, WindowLSTM) else layer(x)
        return x

    def window_logits(self, window: Tensor) -> dict[str, Tensor]:
        """Return the logits of every field after each window, (batch, classes)."""
        raise NotImplementedError

    def piece_logits(
        self, read: NDArray[np.int32], truth: NDArray[np.int32], compiled: Compiled
    ) -> NDArray[np.float32]:
        """Return the logits of all fields at each row of a piece, by the code of training.

        Parameters
        ----------
        read, truth : int32 arrays, shape (rows, fields)
            The rows that are read, and those to predict; the latter make no difference
            here, because no head reads the fields before its own.
        compiled : callable
            Compiles a function of tensors: `tf.function`, for instance.

        Returns
        -------
        float32 array, shape (rows, sum of classes)
        """
        del truth
        rows = np.where(read >= np.array(self.sizes), 0, read + 1).astype(np.int32)
        padded = np.concatenate([np.zeros((self.length - 1, rows.shape[1]), np.int32), rows])
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.length, axis=0)
        windows = np.ascontiguousarray(windows.transpose(0, 2, 1))
        predict = compiled(self.window_logits)
        found = []
        for first in range(0, len(windows), WINDOWS_AT_ONCE):
            parts = predict(windows[first : first + WINDOWS_AT_ONCE])
            found.append(np.concatenate([np.asarray(parts[f]) for f in self.fields], axis=-1))
        return np.concatenate(found)

    def run_step(self, previous: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Read one row (batch, fields); return features and the new state."""
        ops = keras.ops
        nothing = ops.convert_to_tensor(self.sizes, dtype="int32")
        row = ops.where(previous >= nothing, 0, previous + 1)
        window = ops.concatenate([state[0][:, 1:], ops.cast(row, "float32")[:, None]], axis=1)
        return self.unrolled_features(ops.cast(window, "int32")), [window]

    def field_logits(self, features: Tensor) -> list[FieldLogits]:
        """Return, for each field, a function from the earlier fields' classes to logits."""
        return [partial(head, features) for head in self.heads]


def _has_modes(layer: Any) -> bool:
    return isinstance(layer, (keras.layers.Dropout, keras.layers.LSTM))
