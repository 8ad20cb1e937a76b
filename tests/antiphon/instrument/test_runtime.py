"""ONNX Runtime as a jam uses it: one thread, no telemetry, and what a host feeds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import InstrumentError
from antiphon.instrument import NeutralInput, load_card
from antiphon.instrument.runtime import (
    OUTPUTS,
    check_graph,
    graph_inputs,
    neutral_feeds,
    next_name,
    open_graph,
)
from antiphon.music.codecs.registry import codec_from_table

if TYPE_CHECKING:
    from pathlib import Path


def test_a_graph_runs_with_what_it_asks_for(tiny_path: Path) -> None:
    card = load_card(tiny_path)
    codec = codec_from_table(card.codec)
    graph = open_graph(tiny_path)
    check_graph(graph, card, codec)
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    feeds = {tensor.name: np.zeros((1, *tensor.shape), np.float32) for tensor in card.state}
    for name in graph_inputs(codec):
        (given,) = [one for one in graph.get_inputs() if one.name == name]
        kind = np.int32 if name == "previous" else np.float32
        feeds[name] = np.ones((1, *given.shape[1:]), kind)
    wanted = [*OUTPUTS, *(next_name(tensor.name) for tensor in card.state)]
    drawn = graph.run(wanted, feeds | neutral_feeds(card, graph))
    assert len(drawn) == len(wanted) > len(OUTPUTS)
    assert drawn[0].shape == (1, len(codec.fields))


def test_an_input_that_the_graph_lacks_is_not_fed(tiny_path: Path) -> None:
    from dataclasses import replace

    card = load_card(tiny_path)
    more = replace(card, inputs_neutral=(NeutralInput("memory", (2,), 0.5, "float32"),))
    assert neutral_feeds(more, open_graph(tiny_path)) == {}


def test_what_cannot_run_is_an_error_of_the_instrument(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(InstrumentError, match="cannot be played here"):
        open_graph(path)
