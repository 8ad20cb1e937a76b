"""The n-gram in an instrument's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import CorpusError
from antiphon.instrument import Biases, Controls, Predictor
from antiphon.instrument.ask import Ask
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.music.pitch_sets import pitch_name
from antiphon_training.evaluation.ngram_instrument import (
    NGramInstrument,
    contexts_of,
    draw,
    examples,
)
from antiphon_training.evaluation.prediction import figures

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]

CODECS: list[Codec] = [
    PerformanceCodec(),
    TripletCodec(),
    SymbolsCodec([pitch_name(pitch) for pitch in range(60, 72)]),
]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_tune_it_knows_is_predicted_better_than_chance(codec: Codec, tune: Make) -> None:
    pieces = [codec.encode(tune(120, seed)) for seed in range(25)]
    ngram = NGramInstrument.learn(codec, pieces)
    found = figures(ngram, pieces, ranks=True)
    assert found.accuracy is not None
    assert found.top5 is not None
    for field, size in zip(codec.fields, codec.sizes, strict=True):
        assert found.nats[field] < 0.5 * np.log(size)
        assert 0.5 < found.accuracy[field] <= found.top5[field]


def test_the_first_order_knows_frequencies_alone(tune: Make) -> None:
    codec = SymbolsCodec(["C4", "D4", "E4"])
    piece = np.array([[0], [1], [0], [2]] * 30, dtype=np.int32)
    unigram = NGramInstrument.learn(codec, [piece] * 3).unigram()
    nats = unigram.score([piece])[0].nats[:, 0]
    assert nats[:4] == pytest.approx(-np.log([0.5, 0.25, 0.5, 0.25]), abs=0.02)
    assert np.ptp(nats.reshape(-1, 4), axis=0) == pytest.approx(0.0)


def test_scores_are_those_of_its_shares(tune: Make) -> None:
    codec = TripletCodec()
    piece = codec.encode(tune(40))
    ngram = NGramInstrument.learn(codec, [piece, codec.encode(tune(40, 2))])
    score = ngram.score([piece, piece[:0]], ranks=True)
    assert score[0].ranks is not None
    state = ngram.initial_state()
    previous = np.array(codec.start)
    for row in range(20):
        drawn = ngram.step(Ask(state, previous, piece[row] * 0.0, *forced(codec, piece[row])))
        np.testing.assert_array_equal(drawn.classes, piece[row])
        np.testing.assert_allclose(-drawn.log_probability, score[0].nats[row], rtol=1e-5)
        state, previous = drawn.state, piece[row]
    assert score[1].nats.shape == (0, 3)
    assert ngram.score([piece])[0].ranks is None


def forced(codec: Codec, row: np.ndarray) -> tuple[Controls, Biases]:
    """Return controls and biases under which this row is drawn."""
    biases = Biases(codec)
    for bias, chosen in zip(biases.rows, row, strict=True):
        bias[0, chosen] = 1e9
    return Controls.of(fields=len(codec.fields)), biases


def test_it_draws_as_an_instrument_file_does(tiny: Predictor) -> None:
    rng = np.random.default_rng(5)
    for heat, min_p in ((1.0, 0.0), (0.7, 0.05), (2.0, 0.3)):
        uniforms = rng.random(4, dtype=np.float32)
        controls = Controls.of(heat, min_p)
        state, start = tiny.initial_state(), tiny.codec.start
        played = tiny.step(Ask(state, start, uniforms, controls))
        logits, _ = tiny.logits(state, start, played.classes)
        first = 0
        for field, size in enumerate(tiny.codec.sizes):
            part = logits[first : first + size].astype(np.float64) / heat
            chosen, within = draw(part, min_p, float(uniforms[field]))
            assert chosen == played.classes[field]
            assert within == pytest.approx(played.within[field], abs=2e-3)
            first += size


def test_drawing_by_hand() -> None:
    logits = np.log([0.2, 0.3, 0.5])
    # weights 0.4, 0.6, 1; the first is under 0.5 of the likeliest: 1.6 in all
    assert draw(logits, 0.5, 0.5) == (2, pytest.approx((0.8 - 0.6) / 1.0))
    assert draw(logits, 0.5, 0.0) == (1, pytest.approx(0.0))
    assert draw(logits, 0.0, 0.1) == (0, pytest.approx(0.5))
    assert draw(logits, 0.0, 1.0)[0] == 2


def test_elements_are_classes_so_many_rows_back() -> None:
    codec = TripletCodec()
    piece = np.array([[60, 1, 2], [61, 3, 4], [62, 5, 6]], np.int32)
    context, truth = examples(codec, [piece, piece[:1]], 1, ((1, 2), (0, 0), (0, 1)))
    assert truth.tolist() == [1, 3, 5, 1]
    assert context.tolist() == [[97, 60, 128], [97, 61, 60], [1, 62, 61], [97, 60, 128]]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_no_field_looks_at_one_that_is_not_known_yet(codec: Codec) -> None:
    for field, elements in enumerate(contexts_of(codec)):
        assert len(elements) == len(set(elements))
        for of, back in elements:
            assert of < len(codec.fields)
            assert back > 0 or of < field


def test_a_state_that_was_given_out_never_changes(tune: Make) -> None:
    codec = TripletCodec()
    rows = codec.encode(tune(30))
    ngram = NGramInstrument.learn(codec, [rows])
    before = ngram.prime(ngram.initial_state(), rows[:10])
    copy = before.copy()
    one = ngram.prime(before, rows[10:12])
    np.testing.assert_array_equal(before, copy)
    np.testing.assert_array_equal(one, ngram.prime(ngram.prime(before, rows[10]), rows[11]))


def test_nothing_teaches_nothing() -> None:
    with pytest.raises(CorpusError, match="another corpus"):
        NGramInstrument.learn(TripletCodec(), [np.zeros((0, 3), np.int32)])
