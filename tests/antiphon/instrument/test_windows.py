"""Instruments that read a window: the window is the state, and all else is as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.instrument import Biases, Controls, Predictor
from antiphon.instrument.ask import Ask
from antiphon.instrument.context import shifted
from antiphon.instrument.controls import FORBID, FORCE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows(predictor: Predictor, count: int, seed: int = 0) -> NDArray[np.int32]:
    """Return rows at random, the first of them nothing."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, predictor.codec.sizes, (count, len(predictor.codec.sizes)))
    return np.concatenate([[predictor.codec.start], drawn]).astype(np.int32)


def half(predictor: Predictor) -> list[float]:
    return [0.5] * len(predictor.codec.fields)


def test_the_house_instrument_is_no_window(tiny: Predictor, tiny_window: Predictor) -> None:
    assert tiny.window is None
    assert tiny_window.window == tiny_window.card.context["length"]


@pytest.mark.parametrize("count", [0, 1, 5, 23, 24, 60])
def test_reading_ahead_is_the_same_as_stepping(tiny_window: Predictor, count: int) -> None:
    read = rows(tiny_window, count)
    state = tiny_window.initial_state()
    for row in read:
        state = tiny_window.step(Ask(state, row, half(tiny_window))).state
    primed = tiny_window.prime(tiny_window.initial_state(), read)
    np.testing.assert_array_equal(primed[0], state[0])
    assert primed[0].shape == state[0].shape
    assert primed[0].dtype == np.float32
    states = tiny_window.read(tiny_window.initial_state(), read)
    assert len(states) == len(read) == count + 1
    np.testing.assert_array_equal(states[-1][0], state[0])
    in_parts = tiny_window.prime(tiny_window.initial_state(), read[:3])
    np.testing.assert_array_equal(tiny_window.prime(in_parts, read[3:])[0], state[0])


def test_the_window_holds_the_class_plus_one_the_oldest_first(tiny_window: Predictor) -> None:
    read, length = rows(tiny_window, 3), tiny_window.window
    (window,) = tiny_window.prime(tiny_window.initial_state(), read)
    np.testing.assert_array_equal(window[0, -3:], read[1:] + 1)
    assert length is not None
    assert not window[0, : length - 3].any()  # nothing yet, and so is the start


def test_what_was_given_out_never_changes(tiny_window: Predictor) -> None:
    kept = tiny_window.prime(tiny_window.initial_state(), rows(tiny_window, 5))
    before = kept[0].copy()
    first = tiny_window.step(Ask(kept, tiny_window.codec.start, half(tiny_window)))
    tiny_window.prime(kept, rows(tiny_window, 30))
    again = tiny_window.step(Ask(kept, tiny_window.codec.start, half(tiny_window)))
    np.testing.assert_array_equal(kept[0], before)
    np.testing.assert_array_equal(first.classes, again.classes)
    assert not tiny_window.initial_state()[0].any()
    nothing = np.zeros((0, len(tiny_window.codec.fields)), np.int32)
    assert tiny_window.prime(kept, nothing) is kept


def test_what_left_the_window_is_forgotten(tiny_window: Predictor) -> None:
    length = tiny_window.window
    assert length is not None
    ends = rows(tiny_window, length, seed=1)[1:]
    states = [
        tiny_window.prime(tiny_window.initial_state(), np.concatenate([rows(tiny_window, n), ends]))
        for n in (0, 7)
    ]
    np.testing.assert_array_equal(*(state[0] for state in states))


@given(
    uniforms=st.lists(st.floats(0.0, 1.0, exclude_max=True, width=32), min_size=3, max_size=3),
    temperature=st.sampled_from([0.5, 1.0, 1.7]),
    min_p=st.sampled_from([0.0, 0.05]),
    seed=st.integers(0, 20),
)
def test_it_draws_as_the_contract_says(
    tiny_window: Predictor, uniforms: list[float], temperature: float, min_p: float, seed: int
) -> None:
    codec, rng = tiny_window.codec, np.random.default_rng(seed)
    count = len(codec.fields)
    state = tiny_window.prime(tiny_window.initial_state(), rows(tiny_window, 12, seed)[:-1])
    previous = rows(tiny_window, 12, seed)[-1]
    biases = Biases(codec)
    for row in biases.rows:
        row[0] = np.where(rng.random(row.shape[1]) < 0.3, FORBID, 0.0)
    note = tiny_window.step(
        Ask(state, previous, uniforms[:count], Controls.of(temperature, min_p, count), biases)
    )
    logits, after = tiny_window.logits(state, previous, note.classes)
    np.testing.assert_array_equal(after[0], note.state[0])
    ends = np.cumsum([0, *codec.sizes])
    for field, bias in enumerate(biases.rows):
        part = logits[ends[field] : ends[field + 1]].astype(float)
        z = part / temperature + bias[0]
        weight = np.exp(z - z.max())
        weight[weight < min_p] = 0.0
        edges = np.cumsum(weight) / weight.sum()
        chosen = int(note.classes[field])
        low = edges[chosen] - weight[chosen] / weight.sum()
        assert low - 1e-5 <= uniforms[field] <= edges[chosen] + 1e-5
        chance = part[chosen] - np.log(np.exp(part).sum())
        assert note.log_probability[field] == pytest.approx(chance, abs=1e-4)


def test_scores_are_those_of_single_steps(tiny_window: Predictor) -> None:
    pieces = [rows(tiny_window, count, seed=count)[1:] for count in (30, 4, 0, 17)]
    for piece, score in zip(pieces, tiny_window.score(pieces, ranks=True), strict=True):
        state, previous = tiny_window.initial_state(), np.array(tiny_window.codec.start)
        for row, nats in zip(piece, score.nats, strict=True):
            biases = Biases(tiny_window.codec)
            for bias, chosen in zip(biases.rows, row, strict=True):
                bias[0, chosen] = FORCE
            note = tiny_window.step(Ask(state, previous, half(tiny_window), None, biases))
            np.testing.assert_array_equal(note.classes, row)
            np.testing.assert_allclose(nats, -note.log_probability, atol=1e-5)
            state, previous = note.state, row


def test_shifting_leaves_the_window_as_it_was() -> None:
    window = np.arange(6, dtype=np.float32).reshape(1, 3, 2)
    read = np.array([[4, 9], [8, 0]], dtype=np.int32)
    after = shifted(window, read, (8, 10))
    np.testing.assert_array_equal(after, [[[4, 5], [5, 10], [0, 1]]])
    np.testing.assert_array_equal(window.ravel(), np.arange(6))
