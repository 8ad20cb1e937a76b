"""From a step function to an ONNX model, by way of tf2onnx."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import onnx

from antiphon.instrument.runtime import OUTPUTS, next_name
from antiphon_export.step import make_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antiphon.music.codecs.codec import Codec

OPSET = 18
"""The newest that tf2onnx 1.17 writes; onnxruntime reads it since 1.14."""

BATCH = "batch"


def to_onnx(network: Any, codec: Codec) -> Any:
    """Return the step of a network as an ONNX model in fp32, weights inside.

    The batch axis is free. Inputs and outputs are in the order of docs/instrument-file.md.
    """
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    step, signature = make_step(network, codec)
    with warnings.catch_warnings():
        # tf2onnx calls functions that newer NumPy and TensorFlow deprecate.
        warnings.simplefilter("ignore")
        model, _ = tf2onnx.convert.from_function(step, input_signature=signature, opset=OPSET)
    names = [*OUTPUTS, *map(next_name, network.state_shapes)]
    _tidy(model, names)
    onnx.checker.check_model(model, full_check=True)
    return model


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
