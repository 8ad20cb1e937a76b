"""The drawing inside the graph against the same told in NumPy. No TensorFlow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.instrument import Biases, Controls, Predictor
from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import FORBID
from antiphon_export.reference import CLEARANCE, clear_draw, near_min_p, reference_draw

TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"
UNIFORM = st.floats(0.0, 1.0, exclude_max=True, width=32)
FOUR_UNIFORM = st.lists(UNIFORM, min_size=4, max_size=4)


@pytest.fixture(scope="module")
def tiny() -> Predictor:
    return Predictor(TINY)


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
