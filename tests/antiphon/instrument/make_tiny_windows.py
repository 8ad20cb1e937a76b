"""Make two tiny instruments of windows: `python tests/antiphon/instrument/make_tiny_windows.py`.

tiny_symbols.onnx and tiny_triplet.onnx read a window anew for each note, and are
written operator by operator: no network was trained and no converter was asked,
so that they say what the contract is and nothing else. What they play is chance,
but chance with a taste.
Make them again only when the graph's contract changes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from antiphon.instrument.card import CARD_KEY, Card, StateTensor
from antiphon.instrument.runtime import OUTPUTS, graph_inputs
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec

HERE = Path(__file__).parent
UNITS = 16
BELOW_ONE = float(np.nextafter(np.float32(1.0), np.float32(0.0)))


class Graph:
    """Writes the nodes of a step, one operator after another."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """Return the name of a constant."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def do(self, operator: str, *inputs: str, into: str | None = None, **attributes: Any) -> str:
        """Return the name of an operator's result."""
        name = into or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def column(self, matrix: str, index: int) -> str:
        """Return one column, shape (batch, 1)."""
        ends = (self.constant([n], np.int64) for n in (index, index + 1, 1))
        return self.do("Slice", matrix, *ends)

    def window(self, sizes: tuple[int, ...]) -> str:
        """Read `previous` into the window: class + 1, or 0 where it is never predicted."""
        never = self.do("GreaterOrEqual", "previous", self.constant(sizes, np.int32))
        follower = self.do("Add", "previous", self.constant(1, np.int32))
        row = self.do("Where", never, self.constant(0, np.int32), follower)
        row = self.do("Cast", row, to=TensorProto.FLOAT)
        row = self.do("Unsqueeze", row, self.constant([1], np.int64))
        ends = (self.constant([n], np.int64) for n in (1, 2**31, 1))
        rest = self.do("Slice", "window", *ends)
        return self.do("Concat", rest, row, into="window_next", axis=1)

    def draw(self, field: str, index: int, logits: str) -> tuple[str, str, str]:
        """Draw a class; return it, the place within it, and its plain log-probability."""
        uniform, heat, least = (self.column(n, index) for n in ("uniform", "temperature", "min_p"))
        one = self.constant([1], np.int64)
        z = self.do("Add", self.do("Div", logits, heat), f"bias_{field}")
        weight = self.do("Exp", self.do("Sub", z, self.do("ReduceMax", z, one, keepdims=1)))
        enough = self.do("GreaterOrEqual", weight, least)
        weight = self.do("Where", enough, weight, self.constant(0.0))
        passed = self.do("CumSum", weight, self.constant(1, np.int64))
        total = self.do("ReduceMax", passed, one, keepdims=1)
        target = self.do("Mul", uniform, total)
        before = self.do("LessOrEqual", passed, target)
        before = self.do("And", before, self.do("Less", passed, total))
        count = self.do("Cast", before, to=TensorProto.INT64)
        chosen = self.do("ReduceSum", count, one, keepdims=1)
        share = self.do("GatherElements", weight, chosen, axis=1)
        start = self.do("Sub", self.do("GatherElements", passed, chosen, axis=1), share)
        place = self.do("Div", self.do("Sub", target, start), share)
        place = self.do("Clip", place, self.constant(0.0), self.constant(BELOW_ONE))
        chances = self.do("LogSoftmax", logits, axis=1)
        chance = self.do("GatherElements", chances, chosen, axis=1)
        return self.do("Cast", chosen, to=TensorProto.INT32), place, chance


def make(codec: Codec, length: int, taste: dict[str, Any], seed: int) -> Any:
    """Return a step that reads a window of `length` rows; `taste` is added to the logits."""
    rng, graph = np.random.default_rng(seed), Graph()
    window = graph.window(codec.sizes)
    parts = []
    for index, size in enumerate(codec.sizes):
        table = rng.normal(0.0, 1.0, (size + 1, UNITS))
        table[0] = 0.0  # nothing yet
        column = graph.do("Gather", window, graph.constant(index, np.int64), axis=2)
        classes = graph.do("Cast", column, to=TensorProto.INT64)
        parts.append(graph.do("Gather", graph.constant(table), classes))
    read = parts[0] if len(parts) == 1 else graph.do("Sum", *parts)
    ages = np.exp(-np.arange(length)[::-1] / 4.0)
    heard = graph.do("Mul", read, graph.constant(ages[None, :, None]))
    heard = graph.do("ReduceSum", heard, graph.constant([1], np.int64), keepdims=0)
    features = graph.do("Tanh", heard)
    drawn, logits = [], []
    for index, (field, size) in enumerate(zip(codec.fields, codec.sizes, strict=True)):
        weights = graph.constant(rng.normal(0.0, 0.5, (UNITS, size)))
        offset = graph.constant(np.broadcast_to(taste.get(field, 0.0), (size,)))
        logits.append(graph.do("Gemm", features, weights, offset))
        drawn.append(graph.draw(field, index, logits[-1]))
    for name, results in zip(OUTPUTS, (*zip(*drawn, strict=True), logits), strict=True):
        graph.do("Concat", *results, into=name, axis=1)
    return _model(graph, codec, length)


def _model(graph: Graph, codec: Codec, length: int) -> Any:
    """Return the nodes as a model with a card."""
    fields = len(codec.fields)
    widths: dict[str, tuple[int, ...]] = {
        f"bias_{field}": (size,) for field, size in zip(codec.fields, codec.sizes, strict=True)
    }
    widths |= {"logits": (sum(codec.sizes),), "window": (length, fields)}
    widths["window_next"] = widths["window"]

    def side(name: str) -> Any:
        kind = TensorProto.INT32 if name in ("previous", "note") else TensorProto.FLOAT
        shape = ["batch", *widths.get(name, (fields,))]
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = ["window", *graph_inputs(codec)]
    made = helper.make_graph(
        graph.nodes,
        "antiphon_step",
        [side(name) for name in inputs],
        [side(name) for name in (*OUTPUTS, "window_next")],
        graph.constants,
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 18)], producer_name="antiphon", ir_version=8
    )
    card = Card(
        name=f"tiny {codec.name}",
        codec=codec.table(),
        state=(StateTensor("window", (length, fields)),),
        context={"kind": "window", "length": length},
        inputs_required=tuple(inputs),
        corpus=({"name": "none", "licence": "CC0-1.0", "files": 0, "notes": 0},),
        licence="CC0-1.0",
        recipe={},
        training={},
        heldout={},
        precision="fp32",
        created="2026-01-01T00:00:00+00:00",
    )
    helper.set_model_props(model, {CARD_KEY: card.to_json()})
    onnx.checker.check_model(model, full_check=True)
    return model


def symbols_codec() -> SymbolsCodec:
    """Return two octaves of C major and four of its chords, in eighths, quarters and halves."""
    lengths = ("0.5", "1", "2")
    pitches = [f"{name}{octave}" for octave in (4, 5) for name in "CDEFGAB"]
    sounds = [*pitches, "C6", "0.4.7", "5.9.0", "7.11.2", "9.0.4"]
    words = sorted(f"{sound}:{length}" for sound in sounds for length in lengths)
    return SymbolsCodec(words, lengths=tuple(map(float, lengths)))


def main() -> int:
    """Write both files."""
    symbols, triplet = symbols_codec(), TripletCodec()
    shorter = {"0.5": 1.5, "1": 0.5, "2": -1.0}
    taste = {"symbol": [shorter[word.partition(":")[2]] for word in symbols.words]}
    onnx.save(make(symbols, 16, taste, seed=3), HERE / "tiny_symbols.onnx")
    seconds = np.maximum(triplet.centres[:-1], 0.001)
    moderate = -2.0 * np.log(seconds / 0.25) ** 2
    pitch = -0.5 * ((np.arange(128) - 64) / 8.0) ** 2
    taste = {"pitch": pitch, "step": moderate, "duration": moderate}
    onnx.save(make(triplet, 24, taste, seed=4), HERE / "tiny_triplet.onnx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
