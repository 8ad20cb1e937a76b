"""Find the tensor of each weight in a graph, so that an instrument can be trained further.

A tensor is recognised by its values. The converter may have folded a bias of one or two
numbers into another constant: then the values themselves are stored in place of a name. A
large weight that is not found is left out, and the instrument cannot be trained further.
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
"""The values of a weight may be stored if there are at most so many."""


def locate_weights(model: Any, weights: Mapping[str, NDArray[np.float32]]) -> str:
    """Return the name of a tensor, or the values, of each weight, as JSON for the metadata."""
    held: dict[tuple[Any, ...], str] = {}
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        held.setdefault((value.size, value.tobytes()), tensor.name)
    places: dict[str, str | list[float]] = {}
    for path, value in weights.items():
        found = held.get((value.size, np.ascontiguousarray(value).tobytes()))
        if found is not None:
            places[path] = found
        elif value.size <= MOST_VALUES:
            places[path] = value.ravel().tolist()
    return json.dumps(places)
