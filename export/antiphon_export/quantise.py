"""From fp32 to int8: every matrix product but narrow ones in integers.

Weights are quantised once, symmetrically, one scale a column; activations in each call:

    a = sa (qa - za),  w = sw (qw - zw),  a w = sa sw sum((qa - za)(qw - zw))

An activation whose reach is known (`antiphon_export.reach`) has one step for all calls,
which is one operation or two. Any other has one step a row of the batch, from the largest
value of the row, which is nine.

A product of few columns stays in fp32: it has few weights, and what it computes is a number
that means something by itself, a time in seconds or the score of a row, where a step of eight
bits is coarse. ONNX Runtime computes such a product row by row, in a batch as alone.

There are two forms. Large products have signed weights, which are twice as fast where a
processor has VNNI, and activations of seven bits, so that two products fit into sixteen:
else x86 processors without VNNI saturate and play wrong notes. All others have unsigned
weights and activations of eight bits.

Why not with the tools of onnxruntime (figures in docs/decisions/0003-int8-by-rows.md and
docs/decisions/0030-fixed-steps.md):

- Rows of a batch are independent. `quantize_dynamic` has one scale for the whole tensor,
  so a row would depend on the others.
- Sums of integers are exact: the product is the same on every machine.
- All operators are standard and run on every processor that onnxruntime supports.
  `MatMulNBits` is a little faster on processors with dot-product instructions, but on
  others (Raspberry Pi 4) it unpacks all weights in each call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from antiphon_export.products import Steps, products, row_steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

ZERO_POINT = 128
LARGEST = 127
SMALLEST_ROW = 1e-8
"""The divisor for a row of zeros."""


def quantise(model: Any, known: Mapping[str, Steps] | None = None) -> Any:
    """Return a copy of a model with its matrix products by constants in int8.

    Embeddings and biases stay in fp32: they are looked up and added, which is fast, and
    they are a small part of the file.

    Parameters
    ----------
    model : onnx.ModelProto
        In fp32.
    known : mapping of str to Steps, optional
        The steps of activations, by their names in the graph. The parts of a
        concatenation have steps of their own, and the same zero.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    _Rewriter(copy.graph, known or {}).rewrite()
    onnx.checker.check_model(copy, full_check=True)
    return copy


def quantise_weights(
    weights: NDArray[np.float32],
    row_steps: NDArray[np.float32] | None = None,
    *,
    signed: bool = False,
) -> tuple[NDArray[np.uint8 | np.int8], NDArray[np.float32]]:
    """Return weights (inputs, outputs) in eight bits, and a scale a column.

    They contain the steps of the activations that they multiply, `row_steps` (inputs,), if
    there are any. Signed they are int8, else uint8 around `ZERO_POINT`.
    """
    scaled = weights if row_steps is None else weights * row_steps[:, None]
    scale = np.abs(scaled).max(axis=0) / LARGEST
    scale[scale == 0.0] = 1.0
    steps = np.clip(np.rint(scaled / scale), -LARGEST, LARGEST)
    stored = steps.astype(np.int8) if signed else (steps + ZERO_POINT).astype(np.uint8)
    return stored, scale.astype(np.float32)


class _Rewriter:
    """Replace the matrix products of one graph, in place."""

    def __init__(self, graph: Any, known: Mapping[str, Steps]) -> None:
        self._graph = graph
        self._known = known
        self._constants = {item.name: item for item in graph.initializer}
        self._parts = {one.weights: one.parts for one in products(graph)}
        self._row_steps = row_steps(graph, known)
        self._nodes: list[Any] = []
        self._rows: dict[str, tuple[str, str]] = {}
        self._stored_parts: set[str] = set()

    def rewrite(self) -> None:
        """Visit the nodes once, in their order of evaluation."""
        for node in self._graph.node:
            if node.op_type == "MatMul" and node.input[1] in self._parts:
                self._product(node)
            else:
                self._nodes.append(node)
        self._drop_unused()

    def _drop_unused(self) -> None:
        """Put the new nodes into the graph, without what nothing reads any more."""
        wanted = {item.name for item in self._graph.output}
        nodes = []
        for node in reversed(self._nodes):
            if wanted.intersection(node.output):
                nodes.append(node)
                wanted.update(node.input)
        del self._graph.node[:]
        self._graph.node.extend(reversed(nodes))
        kept = [item for item in self._graph.initializer if item.name in wanted]
        del self._graph.initializer[:]
        self._graph.initializer.extend(kept)

    def _product(self, node: Any) -> None:
        """Replace one product of an activation by constant weights."""
        activation, name = node.input
        out = node.output[0]
        if name in self._row_steps:
            row, steps = self._stored(activation, self._parts[name])
            self._store_weights(name, self._row_steps[name], signed=steps.bits == 7)
            self._integer_product(row, name, steps.zero, out, out, signed=steps.bits == 7)
            return
        self._store_weights(name, None, signed=False)
        row, row_scale = self._stored_by_row(activation)
        self._integer_product(row, name, ZERO_POINT, f"{out}_column", out, signed=False)
        self._node("Mul", [f"{out}_column", row_scale], out)

    def _integer_product(
        self, row: str, name: str, zero: int, out: str, of: str, *, signed: bool
    ) -> None:
        """Multiply a stored activation by stored weights, and scale the columns."""
        zeros = [self._zero(zero)] if signed else [self._zero(zero), self._zero(ZERO_POINT)]
        self._node("MatMulInteger", [row, f"{name}_int8", *zeros], f"{of}_sum")
        self._node("Cast", [f"{of}_sum"], f"{of}_float", to=onnx.TensorProto.FLOAT)
        self._node("Mul", [f"{of}_float", f"{name}_scale"], out)

    def _stored(self, activation: str, parts: Sequence[str]) -> tuple[str, Steps]:
        """Store an activation of known steps; return its name, and the steps of one part."""
        steps = [self._known[part] for part in parts]
        if len({(one.zero, one.bits) for one in steps}) > 1:
            raise ValueError(f"the parts {parts} of an activation are stored differently")
        stored = [self._stored_part(part, one) for part, one in zip(parts, steps, strict=True)]
        if len(stored) == 1:
            return stored[0], steps[0]
        self._node("Concat", stored, f"{activation}_stored", axis=1)
        return f"{activation}_stored", steps[0]

    def _stored_part(self, part: str, steps: Steps) -> str:
        """Store one part of an activation, once; return its name as uint8."""
        name = f"{part}_{steps.bits}_bits"
        if name in self._stored_parts:
            return name
        self._stored_parts.add(name)
        step = self._constant(f"{part}_step", np.float32(steps.step))
        self._node("QuantizeLinear", [part, step, self._zero(steps.zero)], f"{part}_8_bits")
        if steps.bits == 7:
            limit = self._constant("int8_limit", np.uint8(steps.largest))
            self._node("Clip", [f"{part}_8_bits", "", limit], name)
        return name

    def _stored_by_row(self, name: str) -> tuple[str, str]:
        """Return the names of an activation in uint8 and of its scale a row, (batch, 1)."""
        if name not in self._rows:
            of = f"{name}_row"
            largest = self._constant("int8_largest", np.float32(LARGEST))
            unit = self._constant("int8_unit", np.float32(1.0 / LARGEST))
            middle = self._constant("int8_middle", np.float32(ZERO_POINT))
            smallest = self._constant("int8_smallest_row", np.float32(SMALLEST_ROW))
            axis = self._constant("int8_axis", np.array([1], dtype=np.int64))
            self._node("Abs", [name], f"{of}_abs")
            self._node("ReduceMax", [f"{of}_abs", axis], f"{of}_max", keepdims=1)
            self._node("Max", [f"{of}_max", smallest], f"{of}_range")
            self._node("Div", [largest, f"{of}_range"], f"{of}_steps_a_unit")
            self._node("Mul", [name, f"{of}_steps_a_unit"], f"{of}_scaled")
            self._node("Add", [f"{of}_scaled", middle], f"{of}_shifted")
            self._node("Round", [f"{of}_shifted"], f"{of}_rounded")
            self._node("Cast", [f"{of}_rounded"], f"{of}_int8", to=onnx.TensorProto.UINT8)
            self._node("Mul", [f"{of}_range", unit], f"{of}_scale")
            self._rows[name] = (f"{of}_int8", f"{of}_scale")
        return self._rows[name]

    def _store_weights(
        self, name: str, row_steps: NDArray[np.float32] | None, *, signed: bool
    ) -> None:
        """Put weights into the graph, in eight bits and a scale a column."""
        weights = numpy_helper.to_array(self._constants[name])
        stored, scale = quantise_weights(weights, row_steps, signed=signed)
        self._constant(f"{name}_int8", stored)
        self._constant(f"{name}_scale", scale[None])

    def _zero(self, zero: int) -> str:
        return self._constant(f"int8_zero_{zero}", np.uint8(zero))

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))

    def _constant(self, name: str, value: Any) -> str:
        if name not in self._constants:
            tensor = numpy_helper.from_array(np.asarray(value), name)
            self._constants[name] = tensor
            self._graph.initializer.append(tensor)
        return name
