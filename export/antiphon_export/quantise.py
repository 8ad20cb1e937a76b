"""From fp32 to int8: every matrix product in integers, one scale a row.

Weights are quantised once, symmetrically, one scale a column; activations in
each call, symmetrically, one scale a row of the batch:

    a = sa (qa - 128),  w = sw (qw - 128),  a w = sa sw sum((qa - 128)(qw - 128))

Why not with the tools of onnxruntime (figures in docs/decisions/0003-int8-by-rows.md):

- One scale a row keeps the rows of a batch independent. `quantize_dynamic` has one scale
  for the whole tensor, so a row would depend on the others.
- Sums of integers are exact: the product is the same on every machine.
- Both factors are unsigned: with signed weights, x86 processors without VNNI
  saturate at 16 bits and play wrong notes.
- All operators are standard and run on every processor that onnxruntime supports.
  `MatMulNBits` is a little faster on processors with dot-product instructions, but on
  others (Raspberry Pi 4) it unpacks all weights in each call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZERO_POINT = 128
LARGEST = 127
SMALLEST_ROW = 1e-8
"""The divisor for a row of zeros."""


def quantise(model: Any) -> Any:
    """Return a copy of a model with its matrix products by constants in int8.

    Embeddings and biases stay in fp32: they are looked up and added, which is fast, and
    they are a small part of the file.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    _Rewriter(copy.graph).rewrite()
    onnx.checker.check_model(copy, full_check=True)
    return copy


def quantise_weights(weights: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return weights (inputs, outputs) as uint8 around `ZERO_POINT`, and a scale a column."""
    scale = np.abs(weights).max(axis=0) / LARGEST
    scale[scale == 0.0] = 1.0
    steps = np.clip(np.rint(weights / scale), -LARGEST, LARGEST)
    return (steps + ZERO_POINT).astype(np.uint8), scale.astype(np.float32)


class _Rewriter:
    """Replace the matrix products of one graph, in place."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._constants = {item.name: item for item in graph.initializer}
        self._nodes: list[Any] = []
        self._rows: dict[str, tuple[str, str]] = {}

    def rewrite(self) -> None:
        """Visit the nodes once, in their order of evaluation."""
        self._constant("int8_largest", np.float32(LARGEST))
        self._constant("int8_unit", np.float32(1.0 / LARGEST))
        self._constant("int8_zero_point_float", np.float32(ZERO_POINT))
        self._constant("int8_zero_point", np.uint8(ZERO_POINT))
        self._constant("int8_smallest_row", np.float32(SMALLEST_ROW))
        self._constant("int8_axis", np.array([1], dtype=np.int64))
        for node in self._graph.node:
            if node.op_type == "MatMul" and node.input[1] in self._constants:
                self._product(node)
            else:
                self._nodes.append(node)
        del self._graph.node[:]
        self._graph.node.extend(self._nodes)
        used = {name for node in self._nodes for name in node.input}
        kept = [item for item in self._graph.initializer if item.name in used]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)

    def _product(self, node: Any) -> None:
        """Replace one product of an activation by constant weights."""
        activation, name = node.input
        out = node.output[0]
        if f"{name}_int8" not in self._constants:
            steps, scale = quantise_weights(numpy_helper.to_array(self._constants[name]))
            self._constant(f"{name}_int8", steps)
            self._constant(f"{name}_scale", scale[None])
        row, row_scale = self._quantised_row(activation)
        zero = "int8_zero_point"
        self._node("MatMulInteger", [row, f"{name}_int8", zero, zero], f"{out}_sum")
        self._node("Cast", [f"{out}_sum"], f"{out}_float", to=onnx.TensorProto.FLOAT)
        self._node("Mul", [f"{out}_float", f"{name}_scale"], f"{out}_column")
        self._node("Mul", [f"{out}_column", row_scale], out)

    def _quantised_row(self, name: str) -> tuple[str, str]:
        """Return the names of an activation in uint8 and of its scale a row, (batch, 1)."""
        if name not in self._rows:
            of = f"{name}_row"
            self._node("Abs", [name], f"{of}_abs")
            self._node("ReduceMax", [f"{of}_abs", "int8_axis"], f"{of}_max", keepdims=1)
            self._node("Max", [f"{of}_max", "int8_smallest_row"], f"{of}_range")
            self._node("Div", ["int8_largest", f"{of}_range"], f"{of}_steps_a_unit")
            self._node("Mul", [name, f"{of}_steps_a_unit"], f"{of}_scaled")
            self._node("Add", [f"{of}_scaled", "int8_zero_point_float"], f"{of}_shifted")
            self._node("Round", [f"{of}_shifted"], f"{of}_rounded")
            self._node("Cast", [f"{of}_rounded"], f"{of}_int8", to=onnx.TensorProto.UINT8)
            self._node("Mul", [f"{of}_range", "int8_unit"], f"{of}_scale")
            self._rows[name] = (f"{of}_int8", f"{of}_scale")
        return self._rows[name]

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def _constant(self, name: str, value: Any) -> None:
        tensor = numpy_helper.from_array(np.asarray(value), name)
        self._constants[name] = tensor
        self._graph.initializer.append(tensor)
