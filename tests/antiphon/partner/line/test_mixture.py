"""A word is drawn from what is expected and what is remembered, weighed by the same rules."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.instrument import Predictor
from antiphon.instrument.ask import Ask, Recall
from antiphon.instrument.controls import FORBID, Biases, Controls
from antiphon.instrument.prediction import Prediction
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.partner.line.mixture import MOST, log_mixed, mixed

CODEC = SymbolsCodec(["C4", "D4", "E4", "F4", "G4", "A4"])
LOGITS = np.array([2.0, 1.0, 0.5, 0.0, -1.0, -9.0], dtype=np.float32)
RECALL = Recall(
    np.array([[3], [4], [3]], dtype=np.int32),
    np.log(np.array([0.3, 0.2, 0.1], dtype=np.float32)),
    np.ones(3, dtype=np.float32),
    1.0,
)
REMEMBERED = np.array([0.0, 0.0, 0.0, 0.4, 0.2, 0.0])
TINY = Path(__file__).parents[2] / "instrument" / "tiny_transformer_words.onnx"
PARTS = 200


def chances(logits: Any) -> Any:
    odds = np.exp(np.asarray(logits, dtype=np.float64) - np.max(logits))
    return odds / odds.sum()


def drawn_from(recall: Recall, bias: Any, temperature: float = 1.0) -> Any:
    """Return how often each word is drawn: for each word of the call, and each place in it."""
    biases = Biases(CODEC)
    biases.rows[0][0] = bias
    ask = Ask(None, (0,), (0.5,), Controls.of(temperature, fields=1), biases, recall)
    found = np.zeros(len(LOGITS))
    for word, chance in enumerate(chances(LOGITS / temperature + bias)):
        for within in (np.arange(PARTS) + 0.5) / PARTS:
            logs = np.zeros(1, dtype=np.float32)
            place = np.array([within], dtype=np.float32)
            call = Prediction(np.array([word], np.int32), place, logs, (), None, LOGITS)
            found[mixed(recall, ask, call).classes[0]] += chance / PARTS
    return found


def mixture(share: float, bias: Any, temperature: float = 1.0) -> Any:
    """The same as one sum: both weighed by the rules, then divided by the whole."""
    both = (1.0 - share) * chances(LOGITS / temperature) + share * REMEMBERED / 0.6
    weighed = both * np.exp(bias)
    return weighed / weighed.sum()


@pytest.mark.parametrize(
    "bias",
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.5, -1.0, 0.0, -2.0, 1.0, 0.0],
        [0.0, FORBID, 0.0, FORBID, 0.0, FORBID],
        [FORBID, FORBID, FORBID, 1.0, 0.0, FORBID],
    ],
)
@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_rules_weigh_both_alike(bias: list[float], temperature: float) -> None:
    rules = np.array(bias, dtype=np.float32)
    found = drawn_from(RECALL, rules, temperature)
    assert found == pytest.approx(mixture(0.6, rules, temperature), abs=1.0 / PARTS)


@pytest.mark.parametrize(("gain", "share"), [(0.0, 0.0), (0.5, 0.3), (1.0, 0.6), (3.0, MOST)])
def test_the_gain_multiplies_the_share_up_to_most(gain: float, share: float) -> None:
    plain = np.zeros(6, dtype=np.float32)
    recall = RECALL.gained(gain)
    assert drawn_from(recall, plain) == pytest.approx(mixture(share, plain), abs=1.0 / PARTS)
    for word, chance in enumerate(mixture(share, plain)):
        log = math.log(chances(LOGITS)[word])
        assert log_mixed(recall, word, log) == pytest.approx(math.log(chance), abs=1e-5)


def test_a_rule_on_a_word_that_nothing_expects_leaves_the_share_as_it_is() -> None:
    rules = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 4.0], dtype=np.float32)
    remembered = drawn_from(RECALL, rules)[3:5].sum()
    assert remembered == pytest.approx(
        drawn_from(RECALL, np.zeros(6, np.float32))[3:5].sum(), abs=0.01
    )


def test_a_word_that_the_rules_forbid_is_not_taken_up() -> None:
    rules = np.array([0.0, 0.0, 0.0, FORBID, FORBID, 0.0], dtype=np.float32)
    assert drawn_from(RECALL, rules)[3:5].tolist() == [0.0, 0.0]


def test_an_instrument_draws_from_the_mixture_by_one_call() -> None:
    predictor, rng = Predictor(TINY), np.random.default_rng(5)
    size = predictor.codec.sizes[0]
    words = np.array([[7], [11], [11], [40]], dtype=np.int32)
    weights = np.log(np.array([0.1, 0.1, 0.2, 0.1], dtype=np.float32))
    recall = Recall(words, weights, np.ones(4, dtype=np.float32), 1.0)
    biases = Biases(predictor.codec)
    biases.rows[0][0] = rng.normal(0.0, 1.5, size)
    state, row = predictor.initial_state(), predictor.codec.start
    numbers = rng.random((4000, 1), dtype=np.float32)
    asks = [Ask(state, row, one, biases=biases, memory=recall) for one in numbers]
    logits = predictor.logits_batch(asks[:1])[0]
    calls = predictor.step_batch(asks)
    one = predictor.step(asks[0])
    assert one.logits == pytest.approx(logits)
    assert one.classes == calls[0].classes
    both = 0.5 * chances(logits)
    np.add.at(both, words[:, 0], np.exp(weights.astype(np.float64)))
    expected = both * np.exp(biases.rows[0][0].astype(np.float64))
    expected /= expected.sum()
    drawn = [mixed(recall, ask, call) for ask, call in zip(asks, calls, strict=True)]
    count = np.bincount([int(one.classes[0]) for one in drawn], minlength=size)
    assert count / 4000 == pytest.approx(expected, abs=4.0 * math.sqrt(0.25 / 4000))
    assert 0.5 * np.abs(count / 4000 - expected).sum() < 0.08
    for prediction in drawn[:20]:
        likely = float(prediction.log_probability[0])
        assert math.exp(likely) == pytest.approx(both[prediction.classes[0]], rel=1e-3)
