"""An instrument file of a network, for benchmarks of what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from antiphon.instrument.card import Card, StateTensor
from antiphon.instrument.runtime import graph_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon.music.codecs.codec import Codec


def write_instrument(network: Any, codec: Codec, path: Path) -> None:
    """Write a network as an instrument file in int8, without a proof."""
    from antiphon_export.convert import to_onnx, write_model
    from antiphon_export.quantise import quantise
    from antiphon_export.reach import known_steps

    shapes = network.state_shapes
    card = Card(
        name=path.stem,
        codec=codec.table(),
        state=tuple(StateTensor(name, shape) for name, shape in shapes.items()),
        context=network.context,
        inputs_required=(*graph_inputs(codec), *shapes),
        corpus=(),
        licence="none",
        recipe={},
        training={},
        heldout={},
        precision="int8",
        created="2026-01-01T00:00:00+00:00",
    )
    model = to_onnx(network, codec)
    stream = network.context["kind"] == "stream"
    known = known_steps(model, codec, path.with_suffix(".reach")) if stream else {}
    write_model(quantise(model, known), card, path)
