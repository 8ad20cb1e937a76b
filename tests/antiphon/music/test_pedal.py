"""The sustain pedal: durations last as long as notes sound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.music.note import Note, notes_to_array
from antiphon.music.pedal import (
    CONTROL_DTYPE,
    ControlArray,
    apply_pedal,
    lifted,
    pedal_controls,
    pedal_spans,
)


def pedal(*events: tuple[float, int], control: int = 64) -> ControlArray:
    return np.array([(time, control, value) for time, value in events], dtype=CONTROL_DTYPE)


def durations(notes: list[Note], controls: ControlArray) -> list[float]:
    return [float(d) for d in apply_pedal(notes_to_array(notes), controls)["duration"]]


ONE = [Note(60, 0.0, 1.0, 64)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], 1.0),
        ([(0.5, 127), (2.0, 0)], 2.0),
        ([(0.5, 127), (0.9, 0)], 1.0),
        ([(1.1, 127), (2.0, 0)], 1.0),
        ([(0.5, 64), (2.0, 63)], 2.0),
        ([(0.5, 63), (2.0, 0)], 1.0),
        # Half-way values on the way up and down change nothing.
        ([(0.5, 70), (1.5, 127), (1.8, 70), (2.0, 20), (3.0, 0)], 2.0),
        # Key and pedal at the same time: the pedal is first.
        ([(1.0, 127), (2.0, 0)], 2.0),
        ([(0.5, 127), (1.0, 0)], 1.0),
        # Lifted and pressed again at once, as the key goes up.
        ([(0.5, 127), (1.0, 0), (1.0, 127), (3.0, 0)], 3.0),
    ],
)
def test_one_note(events: list[tuple[float, int]], expected: float) -> None:
    assert durations(ONE, pedal(*events)) == [expected]


def test_never_lifted_lasts_until_the_last_moment() -> None:
    assert durations([*ONE, Note(62, 3.0, 1.0, 64)], pedal((0.5, 127))) == [4.0, 1.0]
    assert durations(ONE, pedal((0.5, 127), (5.0, 127))) == [5.0]


def test_a_repeat_ends_what_the_pedal_held() -> None:
    notes = [*ONE, Note(60, 1.5, 0.1, 64), Note(61, 1.2, 0.1, 64)]
    assert durations(notes, pedal((0.5, 127), (3.0, 0))) == pytest.approx([1.5, 1.8, 1.5])


def test_held_notes_stay_held() -> None:
    (duration,) = durations([Note(60, 0.0, None, 64)], pedal((0.0, 127), (3.0, 0)))
    assert math.isnan(duration)


def test_other_controls_and_no_notes() -> None:
    assert durations(ONE, pedal((0.5, 127), (2.0, 0), control=66)) == [1.0]
    assert durations([], pedal((0.5, 127))) == []


times = st.floats(0.0, 20.0)


@settings(deadline=None)
@given(
    notes=st.lists(st.tuples(st.integers(60, 64), times, st.floats(0.0, 5.0)), max_size=20),
    events=st.lists(st.tuples(times, st.integers(0, 127)), max_size=20),
)
def test_no_note_gets_shorter_and_nothing_else_changes(
    notes: list[tuple[int, float, float]], events: list[tuple[float, int]]
) -> None:
    before = notes_to_array([Note(p, o, d, 64) for p, o, d in notes])
    after = apply_pedal(before, pedal(*sorted(events, key=lambda event: event[0])))
    assert np.all(after["duration"] >= before["duration"])
    for name in ("pitch", "onset", "velocity"):
        assert np.array_equal(after[name], before[name])


def test_the_pedal_is_down_where_that_of_any_channel_is() -> None:
    one = pedal((0.1, 127), (0.9, 0), (1.1, 64), (1.2, 90), (2.4, 10))
    other = pedal((0.5, 80), (0.6, 0), (2.0, 80), (2.6, 90))
    assert pedal_spans([one]) == ((0.1, 0.9), (1.1, 2.4))
    assert pedal_spans([one, other]) == ((0.1, 0.9), (1.1, 2.6))
    assert pedal_spans([]) == pedal_spans([pedal((1.0, 90), control=66)]) == ()


class TestPedalsOfAPlayer:
    def controls(self, *changes: tuple[float, int, int]) -> ControlArray:
        return np.array([*changes], dtype=CONTROL_DTYPE)

    def test_they_are_those_that_all_channels_have(self) -> None:
        both = self.controls((0.0, 64, 127), (0.5, 7, 100), (1.0, 67, 127), (2.0, 64, 0))
        found = pedal_controls([both, both])
        assert found is not None
        assert found["control"].tolist() == [64, 67, 64]
        silent = pedal_controls([])
        assert silent is not None
        assert len(silent) == 0

    def test_channels_with_pedals_of_their_own_are_not_one_player(self) -> None:
        assert pedal_controls([self.controls((0.0, 64, 127)), self.controls()]) is None

    def test_they_are_up_in_the_end(self) -> None:
        left = self.controls((0.0, 64, 127), (1.0, 67, 127), (2.0, 64, 0))
        assert lifted(left, 5.0)[3:].tolist() == [(5.0, 67, 0)]
        assert lifted(left, 1.0)[3:].tolist() == [(2.0, 67, 0)]
        assert len(lifted(self.controls(), 5.0)) == 0
