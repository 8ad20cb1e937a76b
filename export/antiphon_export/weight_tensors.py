"""Find the tensor of each weight in a graph, so that an instrument can be trained further.

A tensor is recognised by its values. A weight that is multiplied together with others is
a block of a larger tensor. The converter may have folded a bias of one or two numbers into
another constant: then the values themselves are stored in place of a name. A large weight
that is not found is left out, and the instrument cannot be trained further.
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


def locate_weights(
    model: Any,
    weights: Mapping[str, NDArray[np.float32]],
    steps: Mapping[str, NDArray[np.float32]] | None = None,
) -> str:
    """Return the place, or the values, of each weight, as JSON for the metadata.

    A place is the name of a tensor, or {"tensor", "rows", "columns"} of a block. Where the
    stored weights contain the step of an activation, it has that, too, as "step".

    Parameters
    ----------
    model : onnx.ModelProto
        In fp32.
    weights : mapping of str to float32 array
        Each by its path.
    steps : mapping of str to float32 array, optional
        The step of each row of a tensor (`antiphon_export.quantise.row_steps`).
    """
    steps = steps or {}
    held: dict[tuple[Any, ...], str] = {}
    larger: dict[str, NDArray[Any]] = {}
    for tensor in model.graph.initializer:
        value = numpy_helper.to_array(tensor)
        held.setdefault((value.size, value.tobytes()), tensor.name)
        if value.dtype == np.float32 and value.ndim in (1, 2):
            larger[tensor.name] = value.reshape(-1, value.shape[-1])
    places: dict[str, Any] = {}
    for path, value in weights.items():
        found = held.get((value.size, np.ascontiguousarray(value).tobytes()))
        place: Any = found or _block(value.reshape(-1, value.shape[-1]), larger)
        if found in steps:
            place = {"tensor": found, "rows": [0, None], "columns": [0, None]}
        if isinstance(place, dict) and place["tensor"] in steps:
            place["step"] = float(steps[place["tensor"]][place["rows"][0]])
        if place is not None:
            places[path] = place
        elif value.size <= MOST_VALUES:
            places[path] = value.ravel().tolist()
    return json.dumps(places)


def _block(
    value: NDArray[np.float32], tensors: Mapping[str, NDArray[np.float32]]
) -> dict[str, Any] | None:
    """Return the place of the first block that equals a weight of two axes."""
    height, width = value.shape
    for name, tensor in tensors.items():
        last = np.array(tensor.shape) - value.shape
        if last.min() < 0:
            continue
        corners = tensor[: last[0] + 1, : last[1] + 1] == value[0, 0]
        for row, column in np.argwhere(corners).tolist():
            rows, columns = [row, row + height], [column, column + width]
            if np.array_equal(tensor[slice(*rows), slice(*columns)], value):
                return {"tensor": name, "rows": rows, "columns": columns}
    return None
