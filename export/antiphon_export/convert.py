"""From a step function to an ONNX model, by way of tf2onnx."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx

from antiphon.instrument import recalled
from antiphon.instrument.card import CARD_KEY
from antiphon.instrument.runtime import OUTPUTS, next_name
from antiphon_export.step import make_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec
    from antiphon_export.gate import Gate

OPSET = 18
"""The newest that tf2onnx 1.17 writes; onnxruntime reads it since 1.14."""

BATCH = "batch"


def to_onnx(network: Any, codec: Codec, gate: Gate | None = None) -> Any:
    """Return the step of a network as an ONNX model in fp32, weights inside.

    With a gate it has a memory.

    The batch axis is free. Inputs and outputs are in the order of docs/instrument-file.md.
    """
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    step, signature = make_step(network, codec, gate)
    with warnings.catch_warnings():
        # tf2onnx calls functions that newer NumPy and TensorFlow deprecate.
        warnings.simplefilter("ignore")
        model, _ = tf2onnx.convert.from_function(step, input_signature=signature, opset=OPSET)
    names = [*OUTPUTS, *map(next_name, network.state_shapes)]
    names += [] if gate is None else [recalled.KEY]
    if gate is not None:
        _normalise(model.graph, recalled.KEY)
        _take_logarithms_alone(model.graph)
    _tidy(model, names)
    onnx.checker.check_model(model, full_check=True)
    return model


def write_model(
    model: Any, card: Card, path: Path, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a model with a card and other metadata."""
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json(), **(metadata or {})})
    onnx.save(model, path)


def _normalise(graph: Any, name: str) -> None:
    """Make an output of length 1, by an operation that TensorFlow does not have."""
    (node,) = [node for node in graph.node if name in node.output]
    node.output[0] = f"{name}_any_length"
    graph.node.append(
        onnx.helper.make_node("LpNormalization", [node.output[0]], [name], name=name, axis=1, p=2)
    )


def _take_logarithms_alone(graph: Any) -> None:
    """Replace logarithms of tensors whose last axis is one by an operation of the same result.

    ONNX Runtime computes `Log` of several numbers at once and of the rest one by one, which
    differs in the last bit; so a row would depend on its place in the batch.
    """
    axes = "last_axis"
    graph.initializer.append(onnx.numpy_helper.from_array(np.array([-1], np.int64), axes))
    for node in graph.node:
        if node.op_type == "Log":
            alone = onnx.helper.make_node(
                "ReduceLogSum", [node.input[0], axes], list(node.output), node.name, keepdims=1
            )
            node.CopyFrom(alone)


def _tidy(model: Any, outputs: Iterable[str]) -> None:
    """Order the outputs, name the batch axis, and set the producer of the file."""
    by_name = {item.name: item for item in model.graph.output}
    ordered = [by_name[name] for name in outputs]
    del model.graph.output[:]
    model.graph.output.extend(ordered)
    for item in (*model.graph.input, *model.graph.output):
        item.type.tensor_type.shape.dim[0].dim_param = BATCH
    model.graph.name = "antiphon_step"
    model.producer_name = "antiphon"
    model.producer_version = ""
    model.doc_string = "One step of an Antiphon instrument: the previous note in, the next out."
