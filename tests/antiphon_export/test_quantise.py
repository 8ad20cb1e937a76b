"""Weights in eight bits."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from antiphon_export.products import LARGE, NARROW, Steps, products
from antiphon_export.quantise import ZERO_POINT, quantise, quantise_weights
from antiphon_export.reach import best_steps

ROWS, INPUTS, OUTPUTS = 5, 24, 10
REACH = {"x": 3.0, "far": 60.0}


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


def run(model: onnx.ModelProto, x: np.ndarray, *names: str) -> list[np.ndarray]:
    graph = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = graph.run(list(names), {"x": x})
    return found


@pytest.fixture
def parts() -> tuple[onnx.ModelProto, np.ndarray]:
    """A product of two activations side by side; the second is twenty times the first."""
    weights = np.random.default_rng(4).normal(0.0, 1.0, (2 * INPUTS, OUTPUTS)).astype(np.float32)
    weights[INPUTS:] /= 20.0
    nodes = [
        helper.make_node("Mul", ["x", "twenty"], ["far"]),
        helper.make_node("Concat", ["x", "far"], ["both"], axis=1),
        helper.make_node("MatMul", ["both", "w"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "parts",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", INPUTS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", OUTPUTS])],
        [
            numpy_helper.from_array(weights, "w"),
            numpy_helper.from_array(np.float32(20.0), "twenty"),
        ],
    )
    opset = helper.make_opsetid("", 18)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8), weights


@pytest.mark.parametrize(("bits", "clip"), [(7, ["Clip"]), (8, [])])
def test_known_steps_are_few_operations_and_each_part_has_its_own(
    parts: tuple[onnx.ModelProto, np.ndarray], bits: int, clip: list[str]
) -> None:
    model, weights = parts
    middle = 2 ** (bits - 1)
    small = quantise(
        model, {name: Steps(reach / (middle - 1), middle, bits) for name, reach in REACH.items()}
    )
    stored = ["QuantizeLinear", *clip]
    product = ["MatMulInteger", "Cast", "Mul"]
    assert [node.op_type for node in small.graph.node] == ["Mul", *2 * stored, "Concat", *product]
    kinds = {item.name: item.data_type for item in small.graph.initializer}
    assert kinds["w_int8"] == (TensorProto.INT8 if bits == 7 else TensorProto.UINT8)
    x = np.random.default_rng(3).normal(0.0, 1.0, (ROWS, INPUTS)).clip(-3, 3).astype(np.float32)
    (y,) = run(small, x, "y")
    wanted = np.concatenate([x, 20.0 * x], axis=1) @ weights
    assert np.abs(y - wanted).max() < 0.03 * np.abs(wanted).max()
    for row in range(ROWS):
        np.testing.assert_array_equal(run(small, x[row : row + 1], "y")[0][0], y[row])


def test_two_products_of_signed_weights_fit_into_sixteen_bits(
    parts: tuple[onnx.ModelProto, np.ndarray],
) -> None:
    model, _ = parts
    for name in ("x_7_bits", "far_7_bits"):
        model.graph.output.append(
            helper.make_tensor_value_info(name, TensorProto.UINT8, ["batch", INPUTS])
        )
    small = quantise(model, {name: Steps(1.0 / 63, 64, 7) for name in REACH})
    x = np.linspace(-9.0, 9.0, INPUTS, dtype=np.float32)[None]
    near, far = run(small, x, "x_7_bits", "far_7_bits")
    assert (near.min(), near.max(), far.min(), far.max()) == (0, 127, 0, 127)
    assert near[0, INPUTS // 2] == 64 + round(63 * float(x[0, INPUTS // 2]))
    (weights,) = [
        numpy_helper.to_array(item) for item in small.graph.initializer if item.name == "w_int8"
    ]
    assert 2 * 127 * int(np.abs(weights.astype(int)).max()) < 2**15


def test_narrow_products_stay_in_fp32_and_a_row_minds_its_own_business() -> None:
    rng = np.random.default_rng(5)
    weights = rng.normal(0.0, 1.0, (INPUTS, NARROW)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "narrow",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", INPUTS])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", NARROW])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    small = quantise(model)
    assert [node.op_type for node in small.graph.node] == ["MatMul"]
    x = rng.normal(0.0, 1.0, (ROWS, INPUTS)).astype(np.float32)
    (y,) = run(small, x, "y")
    np.testing.assert_allclose(y, x @ weights, rtol=1e-4, atol=1e-5)
    for row in range(ROWS):
        np.testing.assert_array_equal(run(small, x[row : row + 1], "y")[0][0], y[row])


def test_only_large_products_have_signed_weights() -> None:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", name], [f"{name}_y"]) for name in ("small", "large")],
        "sizes",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 100])],
        [],
        [
            numpy_helper.from_array(np.zeros((100, columns), np.float32), name)
            for name, columns in (("small", LARGE // 100 - 1), ("large", LARGE // 100))
        ],
    )
    assert [(one.weights, one.large) for one in products(graph)] == [
        ("small", False),
        ("large", True),
    ]


@pytest.mark.parametrize("bits", [7, 8])
def test_steps_of_values_that_hardly_go_below_zero_begin_there(bits: int) -> None:
    values = np.abs(np.random.default_rng(5).normal(0.0, 1.0, 5000)).astype(np.float32) - 0.2
    steps = best_steps(values, bits=bits, centred=False)
    assert steps.zero == round(-float(values.min()) / steps.step)
    centred = best_steps(values, bits=bits, centred=True)
    assert centred.zero == 2 ** (bits - 1)
    assert steps.step < centred.step


def test_steps_do_not_reach_a_value_that_is_alone_up_there() -> None:
    values = np.random.default_rng(6).uniform(-1.0, 1.0, 50_000).astype(np.float32)
    assert best_steps(values, bits=7, centred=True).step == pytest.approx(1.0 / 63, rel=0.01)
    values[7] = 3.0
    assert best_steps(values, bits=7, centred=True).step == pytest.approx(1.0 / 63, rel=0.05)
