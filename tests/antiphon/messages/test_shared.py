from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages import control_change, note_off, note_on
from antiphon.messages.shared import SharedNotes
from antiphon.messages.spec import ALL_NOTES_OFF, NOTE_ON

ON, OFF = note_on(0, 60, 80), note_off(0, 60)


def test_a_note_ends_when_the_last_who_holds_it_lets_go() -> None:
    for first, second in (("player", "partner"), ("partner", "player")):
        shared = SharedNotes()
        assert shared.merge("player", ON) == [ON]
        assert shared.merge("partner", note_on(0, 60, 50)) == [OFF, note_on(0, 60, 50)]
        assert shared.merge(first, OFF) == []
        assert shared.merge(second, bytes((0x90, 60, 0))) == [bytes((0x90, 60, 0))]


def test_what_one_part_does_alone_passes_as_it_is() -> None:
    shared = SharedNotes()
    messages = [ON, ON, OFF, OFF, control_change(0, 64, 127), b"\xc0\x05", b"\xe0\x00\x40", b"\xf8"]
    assert [shared.merge("player", data) for data in messages] == [[data] for data in messages]


def test_other_channels_and_pitches_are_not_shared() -> None:
    shared = SharedNotes()
    shared.merge("partner", ON)
    for data in (note_on(1, 60, 80), note_off(1, 60), note_on(0, 61, 80), note_off(0, 61)):
        assert shared.merge("player", data) == [data]


def test_all_notes_off_ends_the_notes_of_its_part_alone() -> None:
    shared = SharedNotes()
    stop = control_change(0, ALL_NOTES_OFF, 0)
    for pitch in (60, 62):
        shared.merge("player", note_on(0, pitch, 80))
    shared.merge("partner", note_on(0, 62, 80))
    shared.merge("partner", note_on(0, 64, 80))
    assert shared.merge("player", stop) == [note_off(0, 60)]
    assert shared.merge("partner", note_off(0, 62)) == [note_off(0, 62)]
    assert shared.merge("partner", note_off(0, 64)) == [note_off(0, 64)]
    assert shared.merge("player", stop) == [stop]


def test_after_all_was_silenced_nothing_is_held() -> None:
    shared = SharedNotes()
    shared.merge("partner", ON)
    shared.clear()
    assert shared.merge("player", ON) == [ON]


strokes = st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(60, 62), st.booleans())


@given(st.lists(strokes, max_size=60))
def test_a_note_sounds_exactly_while_somebody_holds_it(moves: list[tuple[int, ...]]) -> None:
    shared = SharedNotes()
    held: set[tuple[int, int, int]] = set()
    sounding: set[tuple[int, int]] = set()
    for part, channel, pitch, down in moves:
        data = note_on(channel, pitch, 64) if down else note_off(channel, pitch)
        struck = False
        for sent in shared.merge(part, data):
            struck = sent[0] & 0xF0 == NOTE_ON
            (sounding.add if struck else sounding.discard)((sent[0] & 0x0F, sent[1]))
        (held.add if down else held.discard)((part, channel, pitch))
        assert sounding == {(channel, pitch) for _, channel, pitch in held}
        assert struck == bool(down)  # every stroke is heard
