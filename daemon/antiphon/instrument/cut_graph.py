"""Cut the graph of an instrument down to what some of its outputs need.

ONNX Runtime computes all outputs of a graph in each call, also those that nobody asks for.
So a second graph, which only reads a note, is made from the same file: without drawing,
a note is read in half the time. Fields are those of onnx.proto3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.instrument.protobuf import field, fields

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_GRAPH = 7
_NODE, _INITIALIZER, _INPUT, _OUTPUT = 1, 5, 11, 12
_READS, _WRITES, _ATTRIBUTE = 1, 2, 5
_INNER_GRAPH, _INNER_GRAPHS = 6, 11
_TENSOR_NAME, _VALUE_NAME = 8, 1


def cut_graph(model: bytes, outputs: Sequence[str]) -> bytes | None:
    """Return a model that computes only some outputs, by the same operations.

    None where an operation has a graph inside it, which may read anything.

    Parameters
    ----------
    model : bytes
        An ONNX model.
    outputs : sequence of str
        The names of outputs that it has.

    Raises
    ------
    ValueError
        It is no ONNX model.
    """
    parts = []
    for number, whole, content in fields(memoryview(model)):
        if number != _GRAPH:
            parts.append(bytes(whole))
            continue
        graph = _cut(content, outputs)
        if graph is None:
            return None
        parts.append(field(_GRAPH, graph))
    return b"".join(parts)


def _cut(graph: memoryview, outputs: Sequence[str]) -> bytes | None:
    """Return the fields of a graph that the outputs need."""
    found = list(fields(graph))
    needed, kept = set(outputs), set()
    # The nodes are in the order of evaluation.
    for index in range(len(found) - 1, -1, -1):
        number, _, content = found[index]
        if number != _NODE:
            continue
        if _has_graph(content):
            return None
        if needed.intersection(_names(content, _WRITES)):
            kept.add(index)
            needed.update(_names(content, _READS))
    return b"".join(
        whole
        for index, (number, whole, content) in enumerate(found)
        if index in kept or (number != _NODE and _wanted(number, content, needed, outputs))
    )


def _wanted(
    number: int, content: memoryview, needed: Collection[str], outputs: Collection[str]
) -> bool:
    """Return whether a field of the graph that is no node is needed."""
    if number == _OUTPUT:
        return _names(content, _VALUE_NAME)[0] in outputs
    if number == _INPUT:
        return _names(content, _VALUE_NAME)[0] in needed
    if number == _INITIALIZER:
        return _names(content, _TENSOR_NAME)[0] in needed
    return True


def _names(message: memoryview, wanted: int) -> list[str]:
    """Return the texts in the fields of one number."""
    return [str(content, "utf-8") for number, _, content in fields(message) if number == wanted]


def _has_graph(node: memoryview) -> bool:
    """Return whether an attribute of a node is a graph."""
    return any(
        inner in (_INNER_GRAPH, _INNER_GRAPHS)
        for number, _, attribute in fields(node)
        if number == _ATTRIBUTE
        for inner, _, _ in fields(attribute)
    )
