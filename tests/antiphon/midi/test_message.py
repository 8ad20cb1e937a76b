from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.midi.message import (
    Control,
    NoteOff,
    NoteOn,
    OtherMessage,
    control_change,
    note_off,
    note_on,
    panic,
    parse,
)

channels = st.integers(0, 15)
sevens = st.integers(0, 127)


@given(channels, sevens, st.integers(1, 127))
def test_what_is_built_is_what_is_parsed(channel: int, pitch: int, velocity: int) -> None:
    assert parse(note_on(channel, pitch, velocity), 1.5) == NoteOn(1.5, channel, pitch, velocity)
    assert parse(note_off(channel, pitch), 1.5) == NoteOff(1.5, channel, pitch)
    assert parse(control_change(channel, 64, pitch), 2.0) == Control(2.0, channel, 64, pitch)


def test_note_on_of_velocity_0_is_a_note_off() -> None:
    assert parse([0x93, 60, 0], 0.0) == NoteOff(0.0, 3, 60)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xf8",
        b"\xfe",
        b"\xff",
        b"\xf0\x7d\x01\xf7",
        b"\xf2\x01\x02",
        b"\x90\x3c",
        b"\x90\x3c\x40\x00",
        b"\x3c\x40",
        b"\x90\xff\x40",
        [0x1F0, 1, 2],
        [0x90, -1, 3],
    ],
)
def test_what_is_no_channel_message_is_no_event(data: bytes | list[int]) -> None:
    assert parse(data, 0.0) is None


@given(st.binary(max_size=8))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    event = parse(data, 0.0)
    assert event is None or event.time == 0.0


def test_other_channel_messages_keep_their_bytes() -> None:
    assert parse([0xE1, 0, 64], 3.0) == OtherMessage(3.0, b"\xe1\x00\x40")
    assert parse([0xC0, 5], 3.0) == OtherMessage(3.0, b"\xc0\x05")


def test_panic_lifts_the_pedal_before_it_ends_the_notes() -> None:
    assert panic([0, 2]) == [
        b"\xb0\x40\x00",
        b"\xb0\x7b\x00",
        b"\xb0\x78\x00",
        b"\xb2\x40\x00",
        b"\xb2\x7b\x00",
        b"\xb2\x78\x00",
    ]


@pytest.mark.parametrize("wrong", [(16, 60, 1), (0, 128, 1), (0, 60, 0), (0, 60, 128)])
def test_what_no_midi_note_can_be_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not within"):
        note_on(*wrong)
