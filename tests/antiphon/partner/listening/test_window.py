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


def test_a_stroke_heard_twice_is_as_loud_as_its_loudest_and_held_again() -> None:
    window = Window()
    struck = window.press(60, 1.0, 50)
    window.release(struck, 1.5)
    before = window.version
    window.press_again(struck, 70)
    assert window.version != before
    window.press_again(struck, 30)
    shown = window.snapshot(2.0)
    assert shown["velocity"].tolist() == [70]
    assert math.isnan(shown["duration"][0])


def test_a_note_that_is_cancelled_never_began_and_what_sounds_goes_on() -> None:
    window = Window()
    window.press(50, 3.0, 80)  # the player's own are not touched
    window.plan(Note(60, 1.0, 4.0, 80), now=0.9)
    window.plan(Note(62, 2.0, 1.0, 80), now=0.9)
    window.plan(Note(64, 2.5, 9.0, 80), now=0.9)
    before = window.version
    window.cancel(2.0)
    assert window.version != before
    assert window.own_until == 5.0
    shown = window.snapshot(6.0)
    assert shown["pitch"].tolist() == [60, 62, 50]
    np.testing.assert_allclose(shown["duration"][:2], [4.0, 1.0])
    window.plan(Note(65, 4.0, None, 80), now=3.9)
    window.cancel(4.0)
    assert window.own_until == math.inf


def test_the_partner_plays_until_its_last_note_ends() -> None:
    window = Window()
    assert window.own_until == -math.inf
    window.plan(Note(60, 1.0, 4.0, 80), now=0.9)
    window.plan(Note(62, 2.0, 1.0, 80), now=0.9)
    assert window.own_until == 5.0
    window.press(70, 9.0, 80)
    assert window.own_until == 5.0
    window.plan(Note(64, 3.0, None, 80), now=3.0)
    assert window.own_until == math.inf


def test_no_note_is_shorter_than_a_moment() -> None:
    window = Window()
    window.release(window.press(60, 1.0, 80), 1.0)
    window.plan(Note(62, 1.1, 0.0, 80), now=1.0)
    np.testing.assert_allclose(window.snapshot(2.0)["duration"], [0.001, 0.001])


def test_what_lies_between_two_times_is_counted_and_shown() -> None:
    window = Window(size=2, seconds=3.0)
    assert window.oldest(1.0) == window.newest(1.0) == math.inf
    for onset in (1.0, 2.0, 3.0, 4.0):
        window.press(60, onset, 80)
    assert window.since(2.0, 3.0)["onset"].tolist() == [2.0, 3.0]
    assert window.count(2.0, 3.0) == 2
    assert window.count(5.0, 1.0) == 0
    assert (window.oldest(3.5), window.newest(3.5)) == (2.0, 3.0)
    assert window.oldest(6.5) == 4.0
    assert window.oldest(7.5) == math.inf


def test_three_windows_are_kept_and_no_more() -> None:
    window = Window(size=4, seconds=100.0)
    for onset in range(20):
        window.press(60, float(onset), 80)
    assert window.count(0.0, 100.0) == 12
    window = Window(size=100, seconds=4.0)
    for onset in range(20):
        window.press(60, float(onset), 80)
    assert window.since(0.0, 100.0)["onset"].tolist() == [float(t) for t in range(7, 20)]


def test_what_is_planned_ahead_takes_no_room_from_what_was_played() -> None:
    window = Window(size=1, seconds=100.0)
    for onset in (1.0, 2.0, 3.0):
        window.press(60, onset, 80)
    for onset in (5.0, 6.0, 7.0):
        window.plan(Note(64, onset, 0.5, 80), now=4.0)
    assert window.count(0.0, 10.0) == 6


def test_a_pitch_ends_its_own_note_and_no_other() -> None:
    window = Window()
    window.press(60, 1.0, 80)
    window.plan(Note(60, 1.1, 5.0, 80), now=1.0)
    window.plan(Note(61, 1.2, 5.0, 80), now=1.0)
    window.plan(Note(60, 3.0, None, 80), now=1.0)
    window.plan(Note(60, 2.0, 0.5, 80), now=1.0)  # planned later, begins before
    shown = window.snapshot(9.0)
    assert shown["onset"].tolist() == [1.0, 1.1, 1.2, 2.0, 3.0]
    np.testing.assert_allclose(shown["duration"], [np.nan, 0.9, 5.0, 0.5, np.nan])
