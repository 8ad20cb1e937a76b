"""Playing: a note a call, and a state that is a value."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.instrument import Biases, Controls, Prediction, Predictor, State
from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import FORBID, FORCE
from antiphon.resources import house_instrument

if TYPE_CHECKING:
    from pathlib import Path

UNIFORM = st.floats(0.0, 1.0, exclude_max=True, width=32)


def play(predictor: Predictor, count: int, seed: int = 0) -> tuple[list[Prediction], State]:
    """Return notes that follow the start of a piece, and the state before the last was read."""
    rng = np.random.default_rng(seed)
    state, previous = predictor.initial_state(), np.array(predictor.codec.start)
    notes = []
    for _ in range(count):
        note = predictor.step(Ask(state, previous, rng.random(4)))
        notes.append(note)
        state, previous = note.state, note.classes
    return notes, state


def test_the_same_numbers_give_the_same_notes(tiny: Predictor, tiny_path: Path) -> None:
    ours, _ = play(tiny, 200)
    theirs, _ = play(Predictor(tiny_path), 200)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one.classes, other.classes)
        np.testing.assert_array_equal(one.within, other.within)
    assert len({tuple(note.classes) for note in ours}) > 100


def test_a_note_has_the_shapes_that_the_codec_reads(tiny: Predictor) -> None:
    notes, _ = play(tiny, 50)
    for note in notes:
        assert note.classes.shape == note.within.shape == note.log_probability.shape == (4,)
        assert note.classes.dtype == np.int32
        assert np.all((note.classes >= 0) & (note.classes < tiny.codec.sizes))
        assert np.all((note.within >= 0.0) & (note.within < 1.0))
        assert np.all(note.log_probability <= 0.0)
        assert [array.shape for array in note.state] == [(1, 8)] * 4


def test_a_state_can_be_kept_and_gone_back_to(tiny: Predictor) -> None:
    notes, _ = play(tiny, 5)
    kept = notes[2].state
    before = [array.copy() for array in kept]
    first = tiny.step(Ask(kept, notes[2].classes, [0.3] * 4))
    tiny.step(Ask(first.state, first.classes, [0.9] * 4))
    again = tiny.step(Ask(kept, notes[2].classes, [0.3] * 4))
    np.testing.assert_array_equal(first.classes, again.classes)
    for array, copy in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, copy)
    assert not any(array.any() for array in tiny.initial_state())


def test_results_do_not_change_under_later_calls(tiny: Predictor) -> None:
    notes, _ = play(tiny, 2)
    kept = notes[0].classes.copy()
    play(tiny, 20, seed=1)
    np.testing.assert_array_equal(notes[0].classes, kept)


def test_priming_reads_what_was_played(tiny: Predictor) -> None:
    notes, state = play(tiny, 30)
    rows = np.array([tiny.codec.start, *(note.classes for note in notes[:-1])])
    primed = tiny.prime(tiny.initial_state(), rows)
    for one, other in zip(primed, state, strict=True):
        np.testing.assert_array_equal(one, other)
    assert tiny.prime(primed, np.zeros((0, 4), np.int32)) == primed


def test_reading_tells_the_state_after_each_row(tiny: Predictor) -> None:
    notes, _ = play(tiny, 12)
    rows = np.array([tiny.codec.start, *(note.classes for note in notes)])
    states = tiny.read(tiny.initial_state(), rows)
    assert len(states) == 13
    for note, state in zip(notes, states, strict=False):
        for one, other in zip(note.state, state, strict=True):
            np.testing.assert_array_equal(one, other)
    assert tiny.read(states[3], rows[:0]) == []


def asks_of(predictor: Predictor, count: int) -> list[Ask]:
    """Return asks from different places, each with other numbers, controls and biases."""
    rng = np.random.default_rng(11)
    asks = []
    for index in range(count):
        rows = rng.integers(0, predictor.codec.sizes, (index, 4)).astype(np.int32)
        state = predictor.prime(predictor.initial_state(), rows)
        controls = Controls.of(rng.uniform(0.7, 1.4, 4).tolist(), [0.0, 0.02, 0.05, 0.1])
        biases = Biases(predictor.codec)
        for row in biases.rows:
            row[0] = rng.normal(0.0, 1.0, row.shape[1])
        previous = rng.integers(0, predictor.codec.input_sizes).astype(np.int32)
        plain = index % 3 == 0
        asks.append(
            Ask(
                state,
                previous,
                rng.random(4),
                None if plain else controls,
                None if plain else biases,
            )
        )
    return asks


@pytest.mark.parametrize("instrument", ["tiny", "house"])
def test_a_batch_draws_what_single_calls_draw(tiny: Predictor, instrument: str) -> None:
    predictor = tiny if instrument == "tiny" else Predictor(house_instrument())
    asks = asks_of(predictor, 8)
    drawn = predictor.step_batch(asks)
    assert len(drawn) == 8
    for ask, one in zip(asks, drawn, strict=True):
        alone = predictor.step(ask)
        np.testing.assert_array_equal(one.classes, alone.classes)
        np.testing.assert_array_equal(one.within, alone.within)
        # Files of the first version sum up the classes in another order in a batch.
        np.testing.assert_allclose(one.log_probability, alone.log_probability, rtol=1e-6)
        for mine, other in zip(one.state, alone.state, strict=True):
            np.testing.assert_array_equal(mine, other)
    assert len({tuple(note.classes) for note in drawn}) > 4
    assert predictor.step_batch([]) == []


def test_lines_in_lockstep_and_out_of_it_go_on_from_their_own_states(tiny: Predictor) -> None:
    drawn = tiny.step_batch(asks_of(tiny, 4))
    lockstep = [Ask(one.state, one.classes, [0.3] * 4) for one in drawn]
    for asks in (lockstep, lockstep[::-1], lockstep[1:], [*lockstep[:1], *lockstep[:3]]):
        tiny.step_batch(asks_of(tiny, 4))
        together = tiny.step_batch(asks)
        assert len(together) == len(asks)
        for ask, one in zip(asks, together, strict=True):
            alone = tiny.step(ask)
            np.testing.assert_array_equal(one.within, alone.within)
            for mine, other in zip(one.state, alone.state, strict=True):
                np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("instrument", ["tiny", "house"])
def test_rows_are_read_as_calls_read_them(tiny: Predictor, instrument: str, count: int) -> None:
    predictor = tiny if instrument == "tiny" else Predictor(house_instrument())
    notes, _ = play(predictor, count)
    rows = np.array([predictor.codec.start, *[note.classes for note in notes[:-1]]])
    read = predictor.read(predictor.initial_state(), rows)
    kept = [[array.copy() for array in state] for state in read]
    primed = predictor.prime(predictor.initial_state(), rows)
    later = predictor.prime(read[0], rows)  # neither changes what was given out
    assert len(read) == len(notes) == count
    for note, state, copies in zip(notes, read, kept, strict=True):
        for drew, reads, copy in zip(note.state, state, copies, strict=True):
            np.testing.assert_array_equal(drew, reads)
            np.testing.assert_array_equal(reads, copy)
    for last, one, other in zip(read[-1], primed, later, strict=True):
        np.testing.assert_array_equal(last, one)
        assert not np.array_equal(one, other)
    assert predictor.prime(primed, rows[:0]) is primed


@given(pitch=st.integers(0, 127), uniform=UNIFORM)
def test_a_bias_of_force_leaves_no_choice(tiny: Predictor, pitch: int, uniform: float) -> None:
    biases = Biases(tiny.codec)
    biases.row("pitch")[0, pitch] = FORCE
    note = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [uniform] * 4, None, biases))
    assert note.classes[0] == pitch
    assert note.within[0] == pytest.approx(uniform, abs=1e-6)


@given(uniform=UNIFORM, allowed=st.sets(st.integers(0, 127), min_size=1, max_size=5))
def test_what_is_forbidden_is_never_drawn(
    tiny: Predictor, uniform: float, allowed: set[int]
) -> None:
    biases = Biases(tiny.codec)
    biases.row("pitch").fill(FORBID)
    biases.row("pitch")[0, sorted(allowed)] = 0.0
    note = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [uniform] * 4, None, biases))
    assert int(note.classes[0]) in allowed


def test_bias_temperature_and_min_p_do_not_change_what_a_note_is_worth(tiny: Predictor) -> None:
    biases = Biases(tiny.codec)
    for row, chosen in zip(biases.rows, (64, 10, 20, 15), strict=True):
        row[0, chosen] = FORCE
    plain = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [0.5] * 4, None, biases))
    hot = Controls.of(temperature=2.0, min_p=0.1)
    other = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [0.1] * 4, hot, biases))
    np.testing.assert_array_equal(plain.classes, [64, 10, 20, 15])
    np.testing.assert_array_equal(other.log_probability, plain.log_probability)


def test_cold_is_the_likeliest_note(tiny: Predictor) -> None:
    cold = Controls.of(temperature=0.01)
    certain = Controls.of(min_p=1.0)
    for uniform in (0.01, 0.5, 0.99):
        one = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [uniform] * 4, cold))
        other = tiny.step(Ask(tiny.initial_state(), tiny.codec.start, [uniform] * 4, certain))
        np.testing.assert_array_equal(one.classes, other.classes)


@pytest.mark.parametrize(("temperature", "min_p"), [(0.0, 0.0), (float("nan"), 0.0), (1.0, 1.5)])
def test_controls_out_of_range_are_refused(temperature: float, min_p: float) -> None:
    with pytest.raises(ValueError, match="not"):
        Controls.of(temperature, min_p)


def test_biases_are_cleared_in_place(tiny: Predictor) -> None:
    biases = Biases(tiny.codec)
    kept = biases.rows
    biases.row("step")[0, 3] = FORCE
    biases.clear()
    assert not any(row.any() for row in biases.rows)
    assert all(one is other for one, other in zip(kept, biases.rows, strict=True))


def test_nothing_is_said_on_stderr(tiny_path: Path) -> None:
    program = f"from antiphon.instrument import Predictor; Predictor({str(tiny_path)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=True
    )
    assert done.stderr == b""
    assert done.stdout == b""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_is_told_of_this_machine(tiny_path: Path, tmp_path: Path) -> None:
    # onnxruntime looks at its variable as it is loaded, before any call could forbid it;
    # without it, it leaves an identifier of the machine in the home folder.
    source = f"from antiphon.instrument import Predictor; Predictor({str(tiny_path)!r})"
    subprocess.run(
        [sys.executable, "-c", source], check=True, env={"HOME": str(tmp_path), "PATH": ""}
    )
    assert list(tmp_path.iterdir()) == []
