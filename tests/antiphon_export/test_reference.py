"""The drawing inside the graph against the same told in NumPy. No TensorFlow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.antiphon_export.tiny_gate import tiny_gate

from antiphon.instrument import Biases, Controls, Predictor, Recall
from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import FORBID
from antiphon_export.gate import Gate
from antiphon_export.reference import (
    CLEARANCE,
    clear_draw,
    memory_log_ratio,
    near_min_p,
    reference_draw,
)

TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"
UNIFORM = st.floats(0.0, 1.0, exclude_max=True, width=32)
FOUR_UNIFORM = st.lists(UNIFORM, min_size=4, max_size=4)


@pytest.fixture(scope="module")
def tiny() -> Predictor:
    return Predictor(TINY)


@pytest.fixture(scope="module")
def mindful() -> Predictor:
    return Predictor(TINY.with_name("tiny_memory.onnx"))


@given(
    uniforms=FOUR_UNIFORM,
    temperature=st.lists(st.floats(0.125, 5.0, width=32), min_size=4, max_size=4),
    min_p=st.lists(st.floats(0.0, 1.0, width=32), min_size=4, max_size=4),
    seed=st.integers(0, 2**32 - 1),
    forbidden=st.floats(0.0, 0.99),
)
def test_the_graph_draws_as_the_reference(
    tiny: Predictor,
    uniforms: list[float],
    temperature: list[float],
    min_p: list[float],
    seed: int,
    forbidden: float,
) -> None:
    rng = np.random.default_rng(seed)
    biases = Biases(tiny.codec)
    for row in biases.rows:
        row[0] = rng.normal(0.0, 1.0, row.shape[1])
        barred = rng.random(row.shape[1]) < forbidden
        barred[rng.integers(len(barred))] = False  # where nothing may be drawn, anything may
        row[0, barred] = FORBID
    previous = rng.integers(0, tiny.codec.input_sizes)
    state = tiny.prime(tiny.initial_state(), [tiny.codec.start])
    controls = Controls.of(temperature, min_p)
    note = tiny.step(Ask(state, previous, uniforms, controls, biases))
    logits, _ = tiny.logits(state, previous, note.classes)
    parts = np.split(logits, np.cumsum(tiny.codec.sizes)[:-1])
    clear = 0
    for i, (part, row) in enumerate(zip(parts, biases.rows, strict=True)):
        if near_min_p(part, temperature[i], min_p[i], row[0]):
            continue
        draw = reference_draw(part, uniforms[i], temperature[i], min_p[i], row[0])
        if draw.clearance < CLEARANCE:
            continue
        clear += 1
        assert note.classes[i] == draw.chosen
        assert note.within[i] == pytest.approx(draw.within, abs=2e-6 / (draw.end - draw.start))
        assert note.log_probability[i] == pytest.approx(draw.log_probability, abs=1e-4)
    assume(clear)


@pytest.mark.parametrize("uniform", [0.0, float(np.nextafter(np.float32(1), np.float32(0)))])
def test_the_ends_of_the_numbers_draw_possible_classes(tiny: Predictor, uniform: float) -> None:
    biases = Biases(tiny.codec)
    for row in biases.rows:
        row[0, :10] = FORBID
        row[0, -10:] = FORBID
    note = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [uniform] * 4, None, biases))
    assert np.all(note.classes >= 10)
    assert np.all(note.classes < np.array(tiny.codec.sizes) - 10)
    assert np.all((note.within >= 0.0) & (note.within < 1.0))


def test_shares_of_notes_are_their_probabilities(tiny: Predictor) -> None:
    logits, _ = tiny.logits(tiny.initial_state(), tiny.codec.start, [0, 0, 0, 0])
    chances = np.exp(logits[:128] - logits[:128].max())
    chances /= chances.sum()
    rng = np.random.default_rng(5)
    count = 4000
    drawn = [
        tiny.step(Ask(tiny.initial_state(), tiny.codec.start, rng.random(4))).classes[0]
        for _ in range(count)
    ]
    shares = np.bincount(drawn, minlength=128) / count
    assert np.abs(shares - chances).max() < 5.0 * np.sqrt(chances.max() / count)


def test_a_memory_by_hand() -> None:
    one = np.ones((1, 1), np.float32)
    gate = Gate(
        projection=one,
        offset=one[0],
        power=np.array([1.0, 2.0], np.float32),
        agree=(np.array([[0.0, 0.0], [0.0, -np.inf]], np.float32),),
        kernels=(np.eye(3, dtype=np.float32), np.full((2, 2), 0.5, np.float32)),
        gate_w1=np.zeros((2, 5, 1), np.float32),
        gate_b1=np.zeros((2, 1), np.float32),
        gate_w2=np.zeros((2, 1), np.float32),
        gate_b2=np.array([0.0, 50.0], np.float32),
    )
    rows = np.array([[0, 0], [2, 1]], np.int32)
    weights = np.log(np.array([3.0, 1.0])).astype(np.float32)
    recall = Recall(rows, weights, np.ones(2, np.float32), 1.0)
    plain = np.array([0.5, 0.25, 0.25])
    ratio = memory_log_ratio(gate, 0, np.log(plain), [], recall)
    # The gate is at sigmoid(0): 0.485 of what is remembered, three quarters of it the first.
    wanted = 0.515 * plain + 0.485 * np.array([0.75, 0.0, 0.25])
    np.testing.assert_allclose(plain * np.exp(ratio), wanted, atol=1e-7)
    np.testing.assert_allclose(
        memory_log_ratio(gate, 0, np.log(plain), [], replace(recall, gain=0.0)), 0.0, atol=1e-12
    )
    # Only the candidate that agrees with the class drawn is left, and it is trusted most.
    ratio = memory_log_ratio(gate, 1, np.log([0.9, 0.1]), [2], recall)
    mixed = 0.03 * np.array([0.9, 0.1]) + 0.97 * 0.5
    np.testing.assert_allclose(np.array([0.9, 0.1]) * np.exp(ratio), mixed, atol=1e-7)


@given(seed=st.integers(0, 2**32 - 1), gain=st.floats(0.1, 4.0))
def test_the_graph_recalls_as_the_reference(mindful: Predictor, seed: int, gain: float) -> None:
    gate = tiny_gate(mindful.codec, units=8)
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, mindful.codec.sizes, (int(rng.integers(1, 33)), 4)).astype(np.int32)
    recall = Recall(
        rows,
        rng.normal(0.0, 3.0, len(rows)).astype(np.float32),
        rng.integers(0, 20, len(rows)).astype(np.float32),
        gain,
    )
    state = mindful.prime(mindful.initial_state(), rows)
    uniforms = rng.random(4)
    note = mindful.step(Ask(state, mindful.codec.start, uniforms, None, None, recall))
    logits, _ = mindful.logits(state, mindful.codec.start, note.classes)
    for i, part in enumerate(np.split(logits, np.cumsum(mindful.codec.sizes)[:-1])):
        ratio = memory_log_ratio(gate, i, part, note.classes[:i].tolist(), recall)
        bias = np.zeros(len(part))
        draw = reference_draw(part, float(uniforms[i]), 1.0, 0.0, bias + ratio)
        assert note.log_probability[i] == pytest.approx(
            float(part[note.classes[i]] - np.logaddexp.reduce(part.astype(float)))
            + float(ratio[note.classes[i]]),
            abs=2e-4,
        )
        if draw.clearance >= CLEARANCE:
            assert note.classes[i] == draw.chosen


def test_reference_by_hand() -> None:
    logits = np.log([0.5, 0.3, 0.2])
    draw = reference_draw(logits, 0.65, 1.0, 0.0, np.zeros(3))
    assert (draw.chosen, draw.within) == (1, pytest.approx(0.5))
    assert draw.log_probability == pytest.approx(np.log(0.3))
    assert (draw.start, draw.end) == (pytest.approx(0.5), pytest.approx(0.8))
    # min_p drops the last: 0.2 < 0.5 * 0.5.
    assert reference_draw(logits, 0.99, 1.0, 0.5, np.zeros(3)).chosen == 1
    # Half the temperature squares the odds: 25, 9, 4 of 38.
    assert reference_draw(logits, 25.5 / 38, 0.5, 0.0, np.zeros(3)).chosen == 1


@given(uniform=UNIFORM, seed=st.integers(0, 1000))
def test_a_clear_draw_is_decided_by_no_rounding(uniform: float, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0.0, 4.0, 97)
    draw = clear_draw(logits, uniform, 1.0, 0.0, np.zeros(97))
    assert draw.clearance >= CLEARANCE
    plain = reference_draw(logits, uniform, 1.0, 0.0, np.zeros(97))
    if plain.clearance >= CLEARANCE:
        assert draw == plain
