"""What is no instrument, or none that this version can play, is refused in one sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from antiphon.errors import InstrumentError
from antiphon.instrument import Predictor, load_card
from antiphon.instrument.ask import Ask
from antiphon.instrument.card import CARD_KEY

if TYPE_CHECKING:
    from pathlib import Path


def save(model: Any, path: Path, **card: Any) -> Path:
    """Write a model with changes to its card."""
    told = json.loads(next(p.value for p in model.metadata_props if p.key == CARD_KEY))
    helper.set_model_props(model, {CARD_KEY: json.dumps({**told, **card})})
    onnx.save(model, path)
    return path


@pytest.fixture
def model(tiny_path: Path) -> Any:
    return onnx.load(tiny_path)


@pytest.mark.parametrize(
    "content", [b"", b"MThd\0\0\0\6", b"no model at all", bytes(range(256)) * 9]
)
def test_a_file_that_is_no_onnx(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "song.onnx"
    path.write_bytes(content)
    with pytest.raises(InstrumentError, match="is no ONNX file"):
        load_card(path)


def test_half_a_file(tmp_path: Path, tiny_path: Path) -> None:
    path = tmp_path / "half.onnx"
    content = tiny_path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InstrumentError, match="only a part of one"):
        load_card(path)


@pytest.mark.parametrize("name", ["gone.onnx", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InstrumentError, match="cannot be read"):
        Predictor(tmp_path / name)


def test_somebody_elses_onnx(tmp_path: Path) -> None:
    sides = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in ("x", "y")]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "alien", sides[:1], sides[1:]
    )
    onnx.save(helper.make_model(graph), tmp_path / "alien.onnx")
    with pytest.raises(InstrumentError, match="no Antiphon instrument"):
        Predictor(tmp_path / "alien.onnx")


def test_a_context_of_a_later_version(tmp_path: Path, model: Any) -> None:
    path = save(model, tmp_path / "x.onnx", context={"kind": "memory", "notes": 32})
    with pytest.raises(InstrumentError, match=r"'memory', which this version .* update"):
        Predictor(path)


@pytest.mark.parametrize("length", [None, 0, "8", True, 2.0])
def test_a_window_without_a_length(tmp_path: Path, model: Any, length: Any) -> None:
    path = save(model, tmp_path / "x.onnx", context={"kind": "window", "length": length})
    with pytest.raises(InstrumentError, match="how many rows its window has; export it again"):
        Predictor(path)


def test_a_window_that_is_not_the_state(tmp_path: Path, model: Any) -> None:
    path = save(model, tmp_path / "x.onnx", context={"kind": "window", "length": 8})
    with pytest.raises(InstrumentError, match="a window of 8 rows, but has another state"):
        Predictor(path)


def test_an_input_that_this_version_does_not_know(tmp_path: Path, model: Any) -> None:
    path = save(model, tmp_path / "x.onnx", inputs_required=["previous", "mood"])
    with pytest.raises(InstrumentError, match="does not know: mood; update"):
        Predictor(path)


def test_a_graph_that_lacks_an_input(tmp_path: Path, model: Any) -> None:
    state = [{"name": name, "shape": [8]} for name in ("h1", "c1", "h2", "c2", "h3")]
    with pytest.raises(InstrumentError, match="lacks the inputs h3"):
        Predictor(save(model, tmp_path / "x.onnx", state=state))


def test_a_graph_that_lacks_an_output(tmp_path: Path, model: Any) -> None:
    last = next(item for item in model.graph.output if item.name == "c2_next")
    model.graph.output.remove(last)
    with pytest.raises(InstrumentError, match="lacks the outputs c2_next"):
        Predictor(save(model, tmp_path / "x.onnx"))


def test_a_state_of_another_shape(tmp_path: Path, model: Any) -> None:
    state = [{"name": name, "shape": [9]} for name in ("h1", "c1", "h2", "c2")]
    with pytest.raises(InstrumentError, match="other shapes than its graph for h1"):
        Predictor(save(model, tmp_path / "x.onnx", state=state))


def test_a_graph_that_onnxruntime_cannot_run(tmp_path: Path, model: Any) -> None:
    model.graph.node[0].op_type = "Telepathy"
    with pytest.raises(InstrumentError, match="cannot be played here"):
        Predictor(save(model, tmp_path / "x.onnx"))


def grown(model: Any) -> Any:
    """Return the model with an input of tomorrow, added to what it says of a note."""
    graph = model.graph
    graph.input.append(helper.make_tensor_value_info("memory", TensorProto.FLOAT, ["batch", 4]))
    for node in graph.node:
        for i, name in enumerate(node.output):
            if name == "log_probability":
                node.output[i] = "plain"
    graph.node.append(helper.make_node("Add", ["plain", "memory"], ["log_probability"]))
    graph.output.append(helper.make_tensor_value_info("plain", TensorProto.FLOAT, ["batch", 4]))
    return model


def test_a_new_input_without_a_neutral_value(tmp_path: Path, model: Any) -> None:
    with pytest.raises(InstrumentError, match="names no neutral value: memory"):
        Predictor(save(grown(model), tmp_path / "x.onnx"))


def test_a_new_input_with_a_neutral_value_is_fed_it(
    tmp_path: Path, model: Any, tiny: Predictor
) -> None:
    neutral = [{"name": "memory", "shape": [4], "dtype": "float32", "neutral": -2.0}]
    other = Predictor(save(grown(model), tmp_path / "x.onnx", inputs_neutral=neutral))
    start, half = tiny.codec.start, [0.5] * 4
    old = tiny.step(Ask(tiny.initial_state(), start, half))
    new = other.step(Ask(other.initial_state(), start, half))
    np.testing.assert_array_equal(new.classes, old.classes)
    np.testing.assert_allclose(new.log_probability, old.log_probability - 2.0, rtol=1e-6)
    piece = np.tile(old.classes, (20, 1))
    np.testing.assert_allclose(
        other.score([piece])[0].nats, tiny.score([piece])[0].nats + 2.0, rtol=1e-5
    )
