"""The weights of a network by name, in the form in which an instrument file holds them.

The metadata of an instrument says which tensor of the graph is which weight (`WEIGHTS_KEY`),
so that it can be trained further. In the graph, the gates of a network of windows are in
another order than in Keras' layer; this module changes the order, in both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon_training.networks.window_lstm import WindowLSTM

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS_KEY = "antiphon_weights"

Weights = dict[str, NDArray[np.float32]]


def graph_weights(network: Any) -> Weights:
    """Return the trainable weights of a network, by their paths."""
    turned = _gated(network)
    found = {}
    for weight in network.trainable_weights:
        value = np.asarray(weight, dtype=np.float32)
        found[weight.path] = _swap_gates(value) if weight.path in turned else value
    return found


def assign_graph_weights(network: Any, weights: Mapping[str, NDArray[np.float32]]) -> list[str]:
    """Assign the weights that `graph_weights` returned for a network of the same form.

    A part that adds nothing before it is trained (`neutral_parts` of a network) may be
    missing as a whole: it stays as it is, and its name is returned.

    Raises
    ------
    ValueError
        One is missing, or has another shape.
    """
    turned = _gated(network)
    missing = [part for part in getattr(network, "neutral_parts", ()) if _lacks(weights, part)]
    for weight in network.trainable_weights:
        if any(f"/{part}/" in weight.path for part in missing):
            continue
        value = weights.get(weight.path)
        if value is None or value.size != int(np.prod(weight.shape)):
            raise ValueError(f"the weight {weight.path} is missing or of another shape")
        value = value.reshape(weight.shape)
        weight.assign(_swap_gates(value) if weight.path in turned else value)
    return missing


def _lacks(weights: Mapping[str, Any], part: str) -> bool:
    return not any(f"/{part}/" in path for path in weights)


def _gated(network: Any) -> set[str]:
    """Return the paths of the weights whose gates are in Keras' order."""
    layers = [layer for layer in getattr(network, "stack", []) if isinstance(layer, WindowLSTM)]
    return {weight.path for layer in layers for weight in layer.trainable_weights}


def _swap_gates(value: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (..., 4 * units) with the last two gates swapped."""
    i, f, third, fourth = np.split(value, 4, axis=-1)
    return np.concatenate([i, f, fourth, third], axis=-1)
