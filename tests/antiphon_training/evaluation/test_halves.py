"""Nats of whole pieces and of second halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon_training.evaluation.halves import Halves, MemoryFigures, remembering
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.prediction import figures

if TYPE_CHECKING:
    from antiphon.instrument import Predictor


def test_whole_pieces_are_counted_as_in_prediction(tiny: Predictor) -> None:
    rng = np.random.default_rng(1)
    pieces = [rng.integers(0, tiny.codec.sizes, (n, 4)).astype(np.int32) for n in (60, 10, 24)]
    halves = Halves.of(tiny, pieces)
    assert halves.whole == pytest.approx(figures(tiny, pieces).nats)
    scores = tiny.score(pieces)
    # Of 24 rows, 16 are not counted: fewer than half are left.
    later = np.concatenate([scores[0].nats[30:], scores[2].nats[16:]])
    assert halves.second_halves["total"] == pytest.approx(later.sum(axis=1).mean())


def test_only_the_first_notes_are_read(tiny: Predictor) -> None:
    piece = np.random.default_rng(2).integers(0, tiny.codec.sizes, (200, 4)).astype(np.int32)
    found = MemoryFigures.measured(tiny, None, [piece], 100)
    assert found.without == Halves.of(tiny, [piece[:100]])
    assert found.as_dict()["with_memory"] is None
    assert found.as_dict()["first_notes"] == 100
    assert len(list(found.lines("note"))) == 4


def test_a_memory_stands_beside_the_instrument_alone(tiny: Predictor) -> None:
    piece = np.random.default_rng(3).integers(0, tiny.codec.sizes, (120, 4)).astype(np.int32)
    knows = NGramInstrument.learn(tiny.codec, [piece])  # it has seen the piece, as a memory has
    found = MemoryFigures.measured(tiny, knows, [piece])
    assert found.with_memory is not None
    assert found.with_memory.whole["total"] < found.without.whole["total"]
    assert set(found.as_dict()) == {"first_notes", "without_memory", "with_memory"}
    assert "with memory" in "\n".join(found.lines("note"))
    assert remembering(tiny) is None
