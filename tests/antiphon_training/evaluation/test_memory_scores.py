"""Scoring with a memory: at gain 0 as without, and what repeats becomes likelier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.instrument.weighing import LONGEST, WEIGHING_KEY, Weighing
from antiphon_training.evaluation.halves import Halves, remembering
from antiphon_training.evaluation.memory_scores import RememberingScorer, score_with_memory

INSTRUMENTS = Path(__file__).parents[2] / "antiphon" / "instrument"

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    import onnx

    plain = Predictor(INSTRUMENTS / "tiny_memory.onnx")
    row = np.array([plain.codec.start], dtype=np.int32)
    width = len(plain.read_with_keys(plain.initial_state(), row)[0][1])
    table = tuple(0.7 * n for n in range(LONGEST + 1))
    model: Any = onnx.load(str(INSTRUMENTS / "tiny_memory.onnx"))
    weighing = Weighing("tiny", width, 5.0, table, table, 0.1)
    model.metadata_props.add(key=WEIGHING_KEY, value=weighing.to_json())
    path = tmp_path_factory.mktemp("instrument") / "remembering.onnx"
    onnx.save(model, str(path))
    return Predictor(path)


def some_pieces() -> list[Any]:
    """Pieces of several lengths, each of a theme that comes again."""
    rng = np.random.default_rng(0)
    themes = [
        np.stack([rng.integers(0, size, length) for size in (128, 97, 97, 32)], axis=1)
        for length in (12, 20, 7)
    ]
    return [np.tile(theme, (4, 1)).astype(np.int32) for theme in themes]


def test_at_gain_0_it_scores_as_without_a_memory(predictor: Predictor) -> None:
    pieces = some_pieces()
    plain = predictor.score(pieces)
    silent = score_with_memory(predictor, pieces, gain=0.0)
    assert len(silent) == len(plain) == 3
    for one, other in zip(plain, silent, strict=True):
        assert one.nats == pytest.approx(other.nats, abs=1e-4)


def test_the_first_note_of_a_piece_recalls_nothing_and_the_others_do(predictor: Predictor) -> None:
    pieces = some_pieces()
    plain = predictor.score(pieces)
    kept = RememberingScorer(predictor).score(pieces)
    for one, other in zip(plain, kept, strict=True):
        assert one.nats[0] == pytest.approx(other.nats[0], abs=1e-4)
        assert np.abs(one.nats - other.nats).max() > 0.01


def test_an_instrument_with_a_memory_is_measured_with_it(predictor: Predictor) -> None:
    scorer = remembering(predictor)
    assert scorer is not None
    with_memory = Halves.of(scorer, some_pieces())
    without = Halves.of(predictor, some_pieces())
    assert with_memory.second_halves["total"] != without.second_halves["total"]
    tiny = Predictor(INSTRUMENTS / "tiny.onnx")
    assert remembering(tiny) is None
    nats = [score.nats for score in score_with_memory(tiny, some_pieces())]
    assert [len(one) for one in nats] == [48, 80, 28]


def test_words_that_repeat_become_likelier_too() -> None:
    words = Predictor(INSTRUMENTS / "tiny_symbols.onnx")
    rng = np.random.default_rng(0)
    theme = rng.integers(0, words.codec.sizes[0], (12, 1)).astype(np.int32)
    pieces = [np.tile(theme, (3, 1)), theme]
    plain = words.score(pieces)
    silent = score_with_memory(words, pieces, gain=0.0)
    kept = score_with_memory(words, pieces)
    for one, other, third in zip(plain, silent, kept, strict=True):
        assert other.nats == pytest.approx(one.nats, abs=1e-5)
        assert third.nats[0] == pytest.approx(one.nats[0], abs=1e-5)
    assert kept[0].nats[20:].mean() < 0.5 * plain[0].nats[20:].mean()
    assert remembering(words) is not None
