from __future__ import annotations

import pytest

from antiphon.messages import HeldNotes, control_change, note_off, note_on, panic


def test_what_is_down_is_released_in_its_order_pedals_last() -> None:
    held = HeldNotes()
    for data in (
        control_change(1, 64, 127),
        note_on(1, 64, 9),
        note_on(0, 60, 9),
        note_on(0, 62, 9),
        bytes((0x90, 62, 0)),
    ):
        held.see(data)
    assert (0, 60) in held
    assert len(held) == 2
    assert held.channels == (0, 1)
    assert held.releases() == [note_off(1, 64), note_off(0, 60), control_change(1, 64, 0)]
    assert held.releases() == []


def test_all_notes_off_ends_the_notes_of_its_channel() -> None:
    held = HeldNotes()
    for data in (note_on(0, 60, 9), note_on(1, 60, 9), control_change(0, 123, 0), b"\xf8", b""):
        held.see(data)
    assert held.releases() == [note_off(1, 60)]


def test_a_pedal_stays_down_where_notes_are_ended() -> None:
    held = HeldNotes()
    for data in (control_change(2, 64, 127), note_on(2, 60, 9), control_change(2, 120, 0)):
        held.see(data)
    assert len(held) == 0
    assert held.releases() == [control_change(2, 64, 0)]


def test_each_pedal_that_holds_notes_is_lifted_and_no_other() -> None:
    held = HeldNotes()
    for control in (69, 66, 64, 67, 65, 1):
        held.see(control_change(2, control, 127))
    held.see(control_change(5, 66, 127))
    held.see(control_change(5, 66, 63))
    assert held.releases() == [control_change(2, control, 0) for control in (64, 66, 69)]
    assert held.releases() == []


def test_silence_comes_once_on_the_channels_used() -> None:
    held = HeldNotes()
    for data in (note_on(1, 60, 9), note_on(3, 60, 9), note_off(3, 60), control_change(4, 64, 64)):
        held.see(data)
    assert held.silence() == [note_off(1, 60), control_change(4, 64, 0), *panic([1, 3, 4])]
    assert held.silence() == []
    held.see(note_on(3, 60, 9))
    assert held.silence() == [note_off(3, 60), *panic([3])]


def test_what_makes_no_sound_uses_no_channel() -> None:
    held = HeldNotes()
    for data in (*panic(), note_off(5, 60), b"\xc6\x01", b"\xe7\x00\x40", control_change(8, 1, 9)):
        held.see(data)
    assert held.channels == ()
    assert held.silence() == []


@pytest.mark.parametrize("number", [120, 123])
def test_only_a_controller_ends_notes_whatever_else_has_its_number(number: int) -> None:
    held = HeldNotes()
    held.see(note_on(0, 60, 9))
    # Pressure of a key, a programme, pressure of the channel, a wheel; then a channel of its own.
    for data in ((0xA0, number, 9), (0xC0, number), (0xD0, number), (0xE0, number, 9)):
        held.see(bytes(data))
    held.see(control_change(1, number, 0))
    assert (0, 60) in held
    held.see(control_change(0, number, 0))
    assert len(held) == 0
