"""How a network is played: its state, its context, and its logits over a piece.

The house network carries its state on (a stream); the classic ones read a window
of the last rows anew for each note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from antiphon_training.networks.window import WindowNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOWS_AT_ONCE = 250


def state_shapes(network: Any) -> dict[str, tuple[int, ...]]:
    """Return the shape of each state tensor without the batch: h1, c1, h2, c2 ... or `window`."""
    if isinstance(network, WindowNetwork):
        return network.state_shapes
    layers = range(1, len(network.lstms) + 1)
    return {f"{kind}{layer}": (network.units,) for layer in layers for kind in ("h", "c")}


def context(network: Any) -> dict[str, Any]:
    """Return how a network wants its context, for a card."""
    return network.context if isinstance(network, WindowNetwork) else {"kind": "stream"}


def initial_state(network: Any) -> list[Any]:
    """Return zeros, float32 (1, ...) each."""
    return [tf.zeros((1, *shape), tf.float32) for shape in state_shapes(network).values()]


def sequence_logits(
    network: Any, read: NDArray[np.int32], truth: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the logits of all fields at each row, by the code that training runs.

    Parameters
    ----------
    read, truth : int32 arrays, shape (rows, fields)
        What is read, and what is to be predicted.

    Returns
    -------
    float32 array, shape (rows, sum of classes)
    """
    if isinstance(network, WindowNetwork):
        return _window_logits(network, read)
    parts = tf.function(network)({"previous": read[None], "target": truth[None]})
    joined: NDArray[np.float32] = np.concatenate(
        [parts[name].numpy()[0] for name in network.fields], axis=-1
    )
    return joined


def _window_logits(network: WindowNetwork, read: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return the logits after each window that ends with a row that is read."""
    rows = np.where(read >= np.array(network.sizes), 0, read + 1).astype(np.int32)
    padded = np.concatenate([np.zeros((network.length - 1, rows.shape[1]), np.int32), rows])
    windows = np.lib.stride_tricks.sliding_window_view(padded, network.length, axis=0)
    windows = np.ascontiguousarray(windows.transpose(0, 2, 1))
    foretell = tf.function(network.window_logits)
    found = []
    for first in range(0, len(windows), _WINDOWS_AT_ONCE):
        parts = foretell(windows[first : first + _WINDOWS_AT_ONCE])
        found.append(np.concatenate([parts[name].numpy() for name in network.fields], axis=-1))
    return np.concatenate(found)
