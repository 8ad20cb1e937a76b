"""Make tiny instruments in tests/antiphon/instrument: `python -m tests.antiphon_export.make_tiny`.

The live side's own tests play them, so that they need no TensorFlow. Their weights are random,
and they are exported to int8. Make them again only when the graph's contract changes.

- tiny_memory.onnx: a house network of 2 x 8 units, with a random memory. `tiny.onnx` beside it
  is the same network, as the first version wrote it, without a memory; it stays as it is.
- tiny_transformer.onnx, tiny_transformer_words.onnx: Transformers of two blocks, of notes and
  of words.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from tests.antiphon_export.tiny_gate import tiny_gate

from antiphon.instrument.card import Card, StateTensor
from antiphon.instrument.runtime import graph_inputs
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.pitch_sets import pitch_name
from antiphon_export.convert import to_onnx, write_model
from antiphon_export.quantise import quantise
from antiphon_export.reach import known_steps
from antiphon_training.networks.house import HouseNetwork
from antiphon_training.networks.transformer import TransformerNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.codecs.codec import Codec
    from antiphon_export.gate import Gate
    from antiphon_training.networks.fields import FieldNetwork

FOLDER = Path(__file__).parents[1] / "antiphon" / "instrument"


def tiny_network(codec: PerformanceCodec, units: int, seed: int = 7) -> HouseNetwork:
    """Return a small network with weights large enough to have opinions."""
    keras.utils.set_random_seed(seed)
    network = HouseNetwork(
        codec.fields, codec.sizes, codec.input_sizes, units=units, embedding=units, head=units
    )
    network.build()
    rng = np.random.default_rng(seed)
    for weight in network.trainable_variables:
        weight.assign(weight + rng.normal(0.0, 0.5, weight.shape))
    return network


def tiny_card(
    network: FieldNetwork, codec: Codec, precision: str, gate: Gate | None = None
) -> Card:
    """Return a card for it."""
    states = network.state_shapes
    return Card(
        name="tiny",
        codec=codec.table(),
        state=tuple(StateTensor(name, shape) for name, shape in states.items()),
        context=network.context,
        inputs_required=(*graph_inputs(codec), *states),
        corpus=({"name": "none", "licence": "CC0-1.0", "files": 0, "notes": 0},),
        licence="CC0-1.0",
        recipe={},
        training={},
        heldout={},
        precision=precision,
        created="2026-01-01T00:00:00+00:00",
        inputs_neutral=() if gate is None else gate.inputs(),
    )


def tiny_transformer(codec: Codec, seed: int = 8) -> TransformerNetwork:
    """Return a small Transformer, whose state is full after a few rows."""
    keras.utils.set_random_seed(seed)
    network = TransformerNetwork(
        codec.fields, codec.sizes, codec.input_sizes, units=16, blocks=2, heads=2, reach=12, head=8
    )
    network.build()
    rng = np.random.default_rng(seed)
    for weight in network.trainable_variables:
        weight.assign(weight + rng.normal(0.0, 0.3, weight.shape))
    return network


def tiny_words() -> SymbolsCodec:
    """Return a codec of the pitches of four octaves and a few chords, in four lengths."""
    sounds = [*map(pitch_name, range(48, 97)), "0.4.7", "5.9.0", "7.11.2", "9.0.4"]
    lengths = (0.25, 0.5, 1.0, 2.0)
    words = sorted(f"{sound}:{length:g}" for sound in sounds for length in lengths)
    return SymbolsCodec(words, lengths=lengths)


def write(network: FieldNetwork, codec: Codec, path: Path, gate: Gate | None = None) -> None:
    """Write the instrument file of a network, in int8."""
    model = to_onnx(network, codec, gate)
    with tempfile.TemporaryDirectory() as folder:
        known = known_steps(model, codec, Path(folder) / "reach.onnx")
    write_model(quantise(model, known), tiny_card(network, codec, "int8", gate), path)


def main() -> int:
    """Write the files that are named, or all."""
    codec, words = PerformanceCodec(), tiny_words()
    writers: dict[str, Callable[[Path], None]] = {
        "tiny_memory": lambda path: write(
            tiny_network(codec, units=8), codec, path, tiny_gate(codec, units=8)
        ),
        "tiny_transformer": lambda path: write(tiny_transformer(codec), codec, path),
        "tiny_transformer_words": lambda path: write(tiny_transformer(words), words, path),
    }
    for name in sys.argv[1:] or writers:
        writers[name](FOLDER / f"{name}.onnx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
