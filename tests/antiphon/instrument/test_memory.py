"""An instrument that takes what is remembered, and one that does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument import Biases, Controls, Predictor, Recall
from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import FORCE
from antiphon.instrument.recalled import CANDIDATES, PADDING, as_inputs, nothing

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 6
THAT = (64, 10, 20, 15)


@pytest.fixture(scope="module")
def mindful(tiny_path: Path) -> Predictor:
    """The tiny instrument with a memory (tests/antiphon_export/make_tiny.py)."""
    return Predictor(tiny_path.with_name("tiny_memory.onnx"))


def some(predictor: Predictor, count: int, seed: int = 0, gain: float = 1.0) -> Recall:
    rng = np.random.default_rng(seed)
    return Recall(
        rng.integers(0, predictor.codec.sizes, (count, 4)).astype(np.int32),
        rng.normal(0.0, 2.0, count).astype(np.float32),
        rng.integers(0, 12, count).astype(np.float32),
        gain,
    )


def ask(predictor: Predictor, memory: Recall | None, uniforms: list[float] | None = None) -> Ask:
    return Ask(
        predictor.initial_state(),
        predictor.codec.start,
        uniforms or [0.2, 0.4, 0.6, 0.8],
        Controls.of(1.0),
        Biases(predictor.codec),
        memory,
    )


def worth(predictor: Predictor, row: tuple[int, ...], memory: Recall | None) -> list[float]:
    """Return the log-probability of each class of a row."""
    wanted = ask(predictor, memory)
    assert wanted.biases is not None
    for bias, chosen in zip(wanted.biases.rows, row, strict=True):
        bias[0, chosen] = FORCE
    note = predictor.step(wanted)
    assert tuple(note.classes) == row
    return note.log_probability.tolist()


def test_only_a_file_with_the_inputs_remembers(tiny: Predictor, mindful: Predictor) -> None:
    assert mindful.remembers
    assert not tiny.remembers
    assert tiny.weighing is None


@pytest.mark.parametrize("count", [1, CANDIDATES])
def test_without_gain_or_candidates_nothing_changes(mindful: Predictor, count: int) -> None:
    plain = mindful.step(ask(mindful, None))
    for memory in (nothing(4), some(mindful, count, gain=0.0)):
        other = mindful.step(ask(mindful, memory))
        np.testing.assert_array_equal(other.classes, plain.classes)
        np.testing.assert_array_equal(other.within, plain.within)
        np.testing.assert_array_equal(other.log_probability, plain.log_probability)
    mindful.step(ask(mindful, some(mindful, count)))  # what was recalled last time is over
    again = mindful.step(ask(mindful, None))
    np.testing.assert_array_equal(again.log_probability, plain.log_probability)


def test_what_followed_then_is_likelier_now(mindful: Predictor) -> None:
    one = Recall(np.array([THAT], np.int32), np.zeros(1, np.float32), np.ones(1, np.float32), 1.0)
    plain, recalled = worth(mindful, THAT, None), worth(mindful, THAT, one)
    assert all(after > before + 0.5 for before, after in zip(plain, recalled, strict=True))
    other = (65, 40, 60, 2)
    assert sum(worth(mindful, other, one)) < sum(worth(mindful, other, None))
    # A gain of 3 trusts it more, but never wholly.
    more = worth(mindful, THAT, replace(one, gain=3.0))
    assert all(after > before for before, after in zip(recalled, more, strict=True))
    assert all(np.isfinite(worth(mindful, other, replace(one, gain=100.0))))


def test_the_probabilities_of_a_field_add_up_to_one(mindful: Predictor) -> None:
    memory = some(mindful, 20)
    pitches = [worth(mindful, (pitch, *THAT[1:]), memory)[0] for pitch in range(128)]
    assert np.exp(pitches).sum() == pytest.approx(1.0, abs=1e-5)


def test_candidates_of_another_pitch_say_less_about_the_step(mindful: Predictor) -> None:
    agreeing = Recall(
        np.array([THAT, (70, 60, 60, 3)], np.int32),
        np.zeros(2, np.float32),
        np.ones(2, np.float32),
        1.0,
    )
    step = (THAT[0], 60, *THAT[2:])
    assert worth(mindful, THAT, agreeing)[1] > worth(mindful, step, agreeing)[1]


def test_neighbouring_times_are_likelier_too(mindful: Predictor) -> None:
    one = Recall(np.array([THAT], np.int32), np.zeros(1, np.float32), np.ones(1, np.float32), 1.0)
    for step, nearer in ((THAT[1] + 1, True), (THAT[1] + 30, False)):
        row = (THAT[0], step, *THAT[2:])
        gained = worth(mindful, row, one)[1] - worth(mindful, row, None)[1]
        assert (gained > 0.0) == nearer


def test_a_batch_recalls_what_single_calls_recall(mindful: Predictor) -> None:
    memories = [some(mindful, count, seed=count) for count in (0, 1, 7, CANDIDATES, 20)]
    asks = [ask(mindful, memory) for memory in (None, *memories)]
    drawn = mindful.step_batch(asks)
    assert len(drawn) == 6
    for wanted, one in zip(asks, drawn, strict=True):
        alone = mindful.step(wanted)
        np.testing.assert_array_equal(one.classes, alone.classes)
        np.testing.assert_array_equal(one.within, alone.within)
        np.testing.assert_array_equal(one.log_probability, alone.log_probability)
        np.testing.assert_array_equal(one.key, alone.key)
    assert len({tuple(one.log_probability) for one in drawn}) == 5


def test_a_key_is_that_of_the_state_whoever_reads(mindful: Predictor) -> None:
    rows = np.array([mindful.codec.start, THAT, (60, 1, 2, 3)], np.int32)
    read = mindful.read_with_keys(mindful.initial_state(), rows)
    assert len(read) == 3
    state = mindful.initial_state()
    for row, (after, key) in zip(rows, read, strict=True):
        note = mindful.step(Ask(state, row, [0.5] * 4))
        assert key.shape == (WIDTH,)
        assert np.linalg.norm(key) == pytest.approx(1.0, abs=1e-3)
        np.testing.assert_array_equal(note.key, key)
        for one, other in zip(note.state, after, strict=True):
            np.testing.assert_array_equal(one, other)
        state = after
    keys = np.stack([key for _, key in read])
    assert np.abs(keys @ keys.T - np.eye(3)).max() < 0.99999
    assert [len(one) for one in mindful.read(mindful.initial_state(), rows)] == [4, 4, 4]


def test_an_instrument_without_a_memory_ignores_it(tiny: Predictor, tiny_window: Predictor) -> None:
    for predictor in (tiny, tiny_window):
        fields = len(predictor.codec.fields)
        memory = Recall(
            np.zeros((2, fields), np.int32), np.zeros(2, np.float32), np.ones(2, np.float32), 3.0
        )
        plain = Ask(predictor.initial_state(), predictor.codec.start, [0.3] * fields)
        recalling = replace(plain, memory=memory)
        one, other = predictor.step(plain), predictor.step(recalling)
        np.testing.assert_array_equal(one.classes, other.classes)
        np.testing.assert_array_equal(one.log_probability, other.log_probability)
        assert other.key is None
        (batched,) = predictor.step_batch([recalling])
        np.testing.assert_array_equal(one.classes, batched.classes)
        with pytest.raises(ValueError, match="no memory"):
            predictor.read_with_keys(predictor.initial_state(), [predictor.codec.start])


def test_scores_are_those_without_a_memory(tiny: Predictor, mindful: Predictor) -> None:
    rng = np.random.default_rng(2)
    piece = rng.integers(0, tiny.codec.sizes, (20, 4)).astype(np.int32)
    (score,) = mindful.score([piece])
    state, row = mindful.initial_state(), mindful.codec.start
    for note, nats in zip(piece, score.nats, strict=True):
        logits, state = mindful.logits(state, row, note)
        parts = np.split(logits.astype(float), np.cumsum(mindful.codec.sizes)[:-1])
        wanted = [np.log(np.exp(z).sum()) - z[c] for z, c in zip(parts, note, strict=True)]
        np.testing.assert_allclose(nats, wanted, atol=1e-4)
        row = tuple(note)


def test_short_recalls_are_padded(mindful: Predictor) -> None:
    inputs = as_inputs([nothing(4), some(mindful, 3)])
    assert inputs["memory_row"].shape == (2, CANDIDATES, 4)
    assert np.all(inputs["memory_weight"][1, 3:] == PADDING)
    assert inputs["memory_gain"].tolist() == [[0.0], [1.0]]
    with pytest.raises(ValueError, match="a recall of 33 rows"):
        as_inputs([some(mindful, CANDIDATES + 1)])
