"""Make tests/antiphon/instrument/tiny_memory.onnx: `python -m tests.antiphon_export.make_tiny`.

A house network of 2 x 8 units with random weights and a random memory, exported to int8:
what the live side's own tests play, so that they need no TensorFlow. Make it again only
when the graph's contract changes. `tiny.onnx` beside it is the same network, as the first
version wrote it, without a memory; it stays as it is.
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
from antiphon_export.build import write_model
from antiphon_export.convert import to_onnx
from antiphon_export.quantise import quantise
from antiphon_export.reach import known_steps
from antiphon_training.networks.house import HouseNetwork

if TYPE_CHECKING:
    from antiphon_export.gate import Gate

TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny_memory.onnx"


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
    network: HouseNetwork, codec: PerformanceCodec, precision: str, gate: Gate | None = None
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


def main() -> int:
    """Write the file."""
    codec = PerformanceCodec()
    network = tiny_network(codec, units=8)
    gate = tiny_gate(codec, units=8)
    model = to_onnx(network, codec, gate)
    with tempfile.TemporaryDirectory() as folder:
        known = known_steps(model, codec, Path(folder) / "reach.onnx")
    write_model(quantise(model, known), tiny_card(network, codec, "int8", gate), TINY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
