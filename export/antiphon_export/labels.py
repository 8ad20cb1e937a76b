"""Which tensor of a graph is which weight of the network: so that it can go on learning.

Tensors are recognised by what they hold. A bias of one or two numbers may have been
folded into another constant by the converter: then its values stand in the label.
What is large and not found is not labelled; the instrument cannot go on learning.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

MOST_VALUES = 64
"""A weight of so many numbers may stand in its label."""


def label_weights(model: Any, weights: Mapping[str, NDArray[np.float32]]) -> str:
    """Return where each weight is: the name of a tensor, or its values; JSON for the metadata."""
    held: dict[tuple[Any, ...], str] = {}
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        held.setdefault((value.size, value.tobytes()), tensor.name)
    labels: dict[str, str | list[float]] = {}
    for path, value in weights.items():
        found = held.get((value.size, np.ascontiguousarray(value).tobytes()))
        if found is not None:
            labels[path] = found
        elif value.size <= MOST_VALUES:
            labels[path] = value.ravel().tolist()
    return json.dumps(labels)
