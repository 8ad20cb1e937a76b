"""The matrix products of a graph that `antiphon_export.quantise` writes in int8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LARGE = 100_000
"""Products of so many weights are faster with signed weights."""
NARROW = 8
"""Products of so few columns stay in fp32."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How an activation is stored.

    Attributes
    ----------
    step : float
        The activation is `step` times what is stored less `zero`.
    zero : int
        What is stored for zero.
    bits : {7, 8}
        Seven for signed weights, eight for unsigned ones.
    """

    step: float
    zero: int
    bits: int

    @property
    def largest(self) -> int:
        """The largest number that is stored."""
        return int(2**self.bits - 1)


@dataclass(frozen=True, slots=True)
class Product:
    """A product of an activation by constant weights.

    Attributes
    ----------
    weights : str
        The name of the weights.
    parts : tuple of str
        The activation, or what it is concatenated from.
    large : bool
        Whether it has at least `LARGE` weights.
    """

    weights: str
    parts: tuple[str, ...]
    large: bool


def products(graph: Any) -> list[Product]:
    """Return the products of a graph that are to be in int8, in the order of evaluation."""
    # Constants of three axes are the gates of a memory, which are tiny.
    sizes = {
        i.name: int(np.prod(i.dims))
        for i in graph.initializer
        if len(i.dims) == 2 and i.dims[1] > NARROW
    }
    parts = {node.output[0]: tuple(node.input) for node in graph.node if node.op_type == "Concat"}
    return [
        Product(
            node.input[1],
            parts.get(node.input[0], (node.input[0],)),
            sizes[node.input[1]] >= LARGE,
        )
        for node in graph.node
        if node.op_type == "MatMul" and sizes.get(node.input[1], 0) > 0
    ]


def row_steps(graph: Any, known: Mapping[str, Steps]) -> dict[str, NDArray[np.float32]]:
    """Return, for weights whose activation has known steps, the step of each row, (inputs,).

    The stored weights contain these steps, so weights with two activations have none.
    """
    found = products(graph)
    of = [product.weights for product in found]
    widths = _widths(graph)
    return {
        one.weights: np.concatenate(
            [np.full(widths[part], known[part].step, np.float32) for part in one.parts]
        )
        for one in found
        if of.count(one.weights) == 1 and all(part in known for part in one.parts)
    }


def _widths(graph: Any) -> dict[str, int]:
    """Return the length of the last axis of each tensor of two axes, where it is known."""
    inferred = onnx.shape_inference.infer_shapes(onnx.helper.make_model(graph)).graph
    shapes = {
        item.name: item.type.tensor_type.shape.dim
        for item in (*inferred.input, *inferred.output, *inferred.value_info)
    }
    return {name: shape[1].dim_value for name, shape in shapes.items() if len(shape) == 2}
