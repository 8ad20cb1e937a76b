"""Weights in eight bits."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from antiphon_export.quantise import ZERO_POINT, quantise, quantise_weights

ROWS, INPUTS, OUTPUTS = 5, 24, 10


def test_weights_come_back_within_half_a_step() -> None:
    weights = np.random.default_rng(1).normal(0.0, [[0.1, 1.0, 10.0]], (50, 3)).astype(np.float32)
    steps, scale = quantise_weights(weights)
    assert steps.dtype == np.uint8
    back = (steps.astype(np.float32) - ZERO_POINT) * scale
    assert np.all(np.abs(back - weights) <= scale * 0.5001)


def test_a_column_of_zeros_stays_zero() -> None:
    steps, scale = quantise_weights(np.zeros((4, 2), np.float32))
    assert np.all(steps == ZERO_POINT)
    assert np.all(np.isfinite(scale))


@pytest.fixture
def product() -> tuple[onnx.ModelProto, np.ndarray]:
    """A product by constant weights, used by two nodes."""
    weights = np.random.default_rng(2).normal(0.0, 1.0, (INPUTS, OUTPUTS)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], [name], name=name) for name in ("y", "z")],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", INPUTS])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", OUTPUTS])
            for name in ("y", "z")
        ],
        [numpy_helper.from_array(weights, "w")],
    )
    opset = helper.make_opsetid("", 18)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8), weights


def test_a_product_is_near_and_a_row_minds_its_own_business(
    product: tuple[onnx.ModelProto, np.ndarray],
) -> None:
    model, weights = product
    small = quantise(model)
    graph = ort.InferenceSession(small.SerializeToString(), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(3).normal(0.0, 1.0, (ROWS, INPUTS)).astype(np.float32)
    x[1] *= 1000.0
    x[2] = 0.0
    y, z = graph.run(["y", "z"], {"x": x})
    np.testing.assert_array_equal(y, z)
    error = np.abs(y - x @ weights).max(axis=1)
    assert np.all(error <= 0.02 * np.abs(x).max(axis=1) * np.sqrt(INPUTS) + 1e-6)
    for row in range(ROWS):
        alone = graph.run(["y"], {"x": x[row : row + 1]})[0]
        np.testing.assert_array_equal(alone[0], y[row])


def test_the_weights_in_fp32_are_gone(product: tuple[onnx.ModelProto, np.ndarray]) -> None:
    model, _ = product
    kinds = {item.name: item.data_type for item in quantise(model).graph.initializer}
    assert "w" not in kinds
    assert kinds["w_int8"] == TensorProto.UINT8
    assert {item.name for item in model.graph.initializer} == {"w"}
