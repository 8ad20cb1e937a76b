from __future__ import annotations

from antiphon.messages import HeldNotes, control_change, note_off, note_on


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
