"""The graph that only reads: the same operations, without those that draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument.cut_graph import cut_graph
from antiphon.instrument.protobuf import field, fields
from antiphon.instrument.runtime import next_name, open_graph

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import ModelProto

    from antiphon.instrument import Predictor

STATES = ("h1", "c1", "h2", "c2")


@pytest.fixture(scope="module")
def cut(tiny_path: Path) -> bytes:
    made = cut_graph(tiny_path.read_bytes(), list(map(next_name, STATES)))
    assert made is not None
    return made


def model_of(data: bytes) -> ModelProto:
    import onnx

    return onnx.load_from_string(data)


def test_it_is_a_valid_model_with_less_in_it(cut: bytes, tiny_path: Path) -> None:
    import onnx

    whole, part = onnx.load(tiny_path).graph, model_of(cut)
    onnx.checker.check_model(part, full_check=True)
    assert [item.name for item in part.graph.output] == list(map(next_name, STATES))
    assert {item.name for item in part.graph.input} == {"previous", *STATES}
    assert 10 < len(part.graph.node) < len(whole.node) / 2
    assert 5 < len(part.graph.initializer) < len(whole.initializer)


def test_it_computes_the_same_state(cut: bytes, tiny: Predictor) -> None:
    graph = open_graph(cut)
    rng = np.random.default_rng(3)
    state = tiny.initial_state()
    for _ in range(20):
        row = rng.integers(0, tiny.codec.input_sizes).astype(np.int32)
        _, wanted = tiny.logits(state, row, [0] * 4)
        found = graph.run(
            list(map(next_name, STATES)),
            {"previous": row[None], **dict(zip(STATES, state, strict=True))},
        )
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_array_equal(one, other)
        state = wanted


def test_an_operation_with_a_graph_inside_it_is_left_alone(tiny_path: Path) -> None:
    import onnx
    from onnx import helper

    model = onnx.load(tiny_path)
    branch = helper.make_graph(
        [helper.make_node("Identity", ["h1"], ["inner"])],
        "branch",
        [],
        [helper.make_tensor_value_info("inner", onnx.TensorProto.FLOAT, None)],
    )
    model.graph.node.append(
        helper.make_node("If", ["always"], ["either"], then_branch=branch, else_branch=branch)
    )
    assert cut_graph(model.SerializeToString(), ["h1_next"]) is None


def test_what_is_no_message_is_refused(tiny_path: Path) -> None:
    whole = tiny_path.read_bytes()
    for broken in (whole[:-3], b"\x07", b"\xff" * 12):
        with pytest.raises(ValueError, match=r"wire type|ends within|varint"):
            cut_graph(broken, ["h1_next"])


@pytest.mark.parametrize("length", [0, 1, 127, 128, 300, 70_000])
def test_a_field_is_read_as_it_was_written(length: int) -> None:
    content = bytes(range(256)) * (length // 256 + 1)
    message = field(3, content[:length]) + b"\x08\x96\x01" + field(1000, b"x")
    found = [(number, bytes(inner)) for number, _, inner in fields(memoryview(message))]
    assert found == [(3, content[:length]), (1, b""), (1000, b"x")]
    assert b"".join(bytes(whole) for _, whole, _ in fields(memoryview(message))) == message
