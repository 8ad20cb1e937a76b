from __future__ import annotations

import math

import pytest

from antiphon.partner.listening.hands import Hands
from antiphon.partner.listening.window import Window

KEY = (0, 60)


def _hands(pedal: str) -> tuple[Hands, Window]:
    window = Window()
    return Hands(window, pedal, drone_after=30.0, same_within=0.02), window  # type: ignore[arg-type]


@pytest.mark.parametrize(("pedal", "expected"), [("keys", 0.5), ("sustain", 2.0)])
def test_the_codec_says_whether_the_pedal_lengthens(pedal: str, expected: float) -> None:
    hands, window = _hands(pedal)
    hands.tread(0.9, 0, 127)
    hands.press(1.0, KEY, 80)
    hands.lift(1.5, KEY)
    assert hands.held_until <= 1.6
    assert math.isnan(window.snapshot(2.0)["duration"][0]) == (pedal == "sustain")
    hands.tread(3.0, 0, 0)
    assert window.snapshot(4.0)["duration"][0] == expected


def test_a_key_struck_again_under_the_pedal_ends_its_earlier_note() -> None:
    hands, window = _hands("sustain")
    hands.tread(0.0, 0, 64)
    for time in (1.0, 2.0):
        hands.press(time, KEY, 80)
        hands.lift(time + 0.1, KEY)
    assert window.snapshot(5.0)["duration"][0] == 1.0
    hands.tread(4.0, 0, 63)
    assert window.snapshot(5.0)["duration"].tolist() == [1.0, 2.0]


def test_the_pedal_of_another_channel_holds_nothing() -> None:
    hands, window = _hands("sustain")
    hands.tread(0.0, 1, 127)
    hands.press(1.0, KEY, 80)
    hands.lift(1.5, KEY)
    assert window.snapshot(2.0)["duration"][0] == 0.5


def test_a_key_that_goes_down_twice_came_up_in_between() -> None:
    hands, window = _hands("keys")
    hands.press(1.0, KEY, 80)
    hands.press(2.0, KEY, 80)
    assert window.snapshot(2.5)["duration"][0] == 1.0
    assert hands.lift(3.0, KEY)
    assert not hands.lift(3.1, KEY)
    assert hands.held_until <= 3.2


def test_a_pedal_goes_down_once() -> None:
    hands, _ = _hands("keys")
    assert hands.tread(1.0, 0, 70)
    assert not hands.tread(1.1, 0, 127)
    assert not hands.tread(1.2, 0, 10)
    assert hands.tread(1.3, 0, 127)


def test_a_key_without_its_note_off_does_not_hold_for_ever() -> None:
    hands, _ = _hands("keys")
    hands.press(1.0, KEY, 80)
    assert hands.held_until > 30.0
    assert hands.held_until <= 31.5


def test_letting_everything_up_ends_what_is_down_and_what_the_pedal_holds() -> None:
    hands, window = _hands("sustain")
    hands.tread(0.5, 0, 127)
    hands.press(1.0, (0, 60), 80)
    hands.lift(1.5, (0, 60))
    hands.press(1.1, (0, 64), 80)
    hands.let_go(3.0)
    assert window.snapshot(4.0)["duration"].tolist() == pytest.approx([2.0, 1.9])
    assert hands.held_until == -math.inf
    hands.press(5.0, (0, 67), 80)
    hands.lift(5.5, (0, 67))  # the pedal holds it no more
    assert window.snapshot(6.0)["duration"][2] == 0.5


def test_two_keys_that_one_stroke_pressed_hold_it_until_the_last_comes_up() -> None:
    hands, window = _hands("keys")
    _, stroke = hands.press(1.0, (0, 60), 50)
    assert hands.press(1.019, (1, 60), 70) == (None, None)
    assert window.snapshot(1.5)["velocity"].tolist() == [70]
    assert hands.lift(2.0, (0, 60)) is None
    assert hands.lift(2.5, (1, 60)) is stroke
    assert window.snapshot(3.0)["duration"].tolist() == [1.5]
    _, other = hands.press(3.0, (0, 60), 50)
    assert hands.press(3.02 + 1e-6, (1, 60), 70)[1] is not other


def test_a_channel_is_released_by_itself_and_its_pedal_with_it() -> None:
    hands, window = _hands("sustain")
    for channel in (0, 1):
        hands.tread(0.5, channel, 127)
        hands.press(1.0 + channel, (channel, 60 + channel), 80)
    ended = hands.release(3.0, 1)
    assert [stroke.pitch for stroke in ended] == [61]
    assert window.snapshot(4.0)["duration"].tolist() == pytest.approx([math.nan, 1.0], nan_ok=True)
    assert hands.release(5.0, 1) == []


@pytest.mark.parametrize(("value", "again"), [(32, True), (33, False), (63, False)])
def test_a_pedal_must_come_well_up_before_it_is_pressed_again(value: int, again: bool) -> None:
    hands, _ = _hands("keys")
    assert hands.tread(1.0, 0, 64)
    hands.tread(1.5, 0, value)
    assert hands.tread(2.0, 0, 64) is again
    hands.tread(1.5, 1, value)  # a channel that is first heard of while its pedal hovers
    assert hands.tread(2.0, 1, 64) is again
