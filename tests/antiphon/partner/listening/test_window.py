from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.note import Note
from antiphon.partner.listening.window import Window


def test_a_note_that_is_held_has_no_duration_yet() -> None:
    window = Window()
    struck = window.press(60, 1.0, 80)
    assert math.isnan(window.snapshot(2.0)["duration"][0])
    window.release(struck, 2.5)
    assert window.snapshot(3.0)["duration"][0] == 1.5


def test_it_shows_the_last_notes_only() -> None:
    window = Window(size=4, seconds=10.0)
    for index in range(8):
        window.release(window.press(60 + index, float(index), 80), index + 0.5)
    assert window.snapshot(8.0)["pitch"].tolist() == [64, 65, 66, 67]
    assert window.snapshot(16.5)["pitch"].tolist() == [67]
    assert len(window.snapshot(30.0)) == 0


def test_it_sorts_what_comes_out_of_order() -> None:
    window = Window()
    for pitch, onset in ((64, 1.02), (60, 1.0), (62, 1.0)):
        window.press(pitch, onset, 80)
    assert window.snapshot(2.0)["pitch"].tolist() == [60, 62, 64]


def test_a_planned_note_is_shown_once_it_has_begun_and_held_until_it_ends() -> None:
    window = Window()
    window.plan(Note(60, 2.0, 1.0, 80), now=1.5)
    assert len(window.snapshot(1.9)) == 0
    assert math.isnan(window.snapshot(2.5)["duration"][0])
    assert window.snapshot(3.0)["duration"][0] == 1.0


def test_what_was_not_played_never_happened() -> None:
    window = Window()
    window.plan(Note(60, 1.0, 0.5, 80), now=0.9)
    window.plan(Note(62, 1.2, 5.0, 80), now=0.9)
    window.plan(Note(64, 1.6, 1.0, 80), now=0.9)
    window.retract(1.4)
    after = window.snapshot(9.0)
    assert after["pitch"].tolist() == [60, 62]
    np.testing.assert_allclose(after["duration"], [0.4, 0.2])
    assert window.own_until == -math.inf


def test_the_player_is_never_retracted() -> None:
    window = Window()
    window.press(60, 1.0, 80)
    window.retract(0.5)
    assert len(window.snapshot(1.0)) == 1


def test_a_pitch_struck_again_ends_its_own_earlier_note() -> None:
    window = Window()
    window.plan(Note(60, 1.0, 5.0, 80), now=0.9)
    window.plan(Note(60, 2.0, 1.0, 80), now=0.9)
    np.testing.assert_allclose(window.snapshot(9.0)["duration"], [1.0, 1.0])


def test_each_change_has_its_own_version() -> None:
    window = Window()
    versions = [window.version]
    struck = window.press(60, 1.0, 80)
    versions.append(window.version)
    window.release(struck, 2.0)
    versions.append(window.version)
    window.retract(2.0)
    versions.append(window.version)
    assert len(set(versions)) == len(versions)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.0, 60.0), st.floats(0.001, 5.0)), max_size=80),
    st.integers(1, 16),
)
def test_it_stays_within_its_bounds(notes: list[tuple[bool, float, float]], size: int) -> None:
    window = Window(size=size, seconds=10.0)
    for own, onset, duration in notes:
        if own:
            window.plan(Note(60, onset, duration, 80), now=onset)
        else:
            window.release(window.press(60, onset, 80), onset + duration)
    for now in (0.0, 15.0, 61.0):
        shown = window.snapshot(now)
        assert len(shown) <= size
        assert np.all(np.diff(shown["onset"]) >= 0)
        assert np.all((shown["onset"] <= now) & (shown["onset"] >= now - 10.0))
        assert not np.any(shown["duration"] < 0)
