from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages import (
    Clock,
    Control,
    NoteOff,
    NoteOn,
    OtherMessage,
    SongPosition,
    Transport,
    control_change,
    note_off,
    note_on,
    panic,
    parse,
    parse_clock,
    program_change,
    spec,
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


def test_clock_and_transport_are_parsed_by_the_same_table() -> None:
    assert parse_clock(b"\xf8", 1.0) == Clock(1.0)
    assert parse_clock(b"\xfa", 1.0) == Transport(1.0, "start")
    assert parse_clock(b"\xfb", 1.0) == Transport(1.0, "continue")
    assert parse_clock(b"\xfc", 1.0) == Transport(1.0, "stop")
    assert parse_clock(b"\xf2\x05\x01", 2.0) == SongPosition(2.0, 133)


@pytest.mark.parametrize(
    "data", [b"", b"\xf8\x00", b"\xf2\x05", b"\xf2\x05\x80", b"\xfe", b"\x90<@"]
)
def test_what_is_no_clock_is_none(data: bytes) -> None:
    assert parse_clock(data, 0.0) is None


def test_the_table_knows_every_status_of_a_fixed_length() -> None:
    system = {
        0xF1: 2,
        0xF2: 3,
        0xF3: 2,
        0xF6: 1,
        0xF8: 1,
        0xFA: 1,
        0xFB: 1,
        0xFC: 1,
        0xFE: 1,
        0xFF: 1,
    }
    channel = {status: 2 if status & 0xF0 in (0xC0, 0xD0) else 3 for status in range(0x80, 0xF0)}
    assert channel | system == spec.LENGTHS


def test_a_program_change_is_two_bytes() -> None:
    assert program_change(3, 17) == b"\xc3\x11"
    with pytest.raises(ValueError, match="128"):
        program_change(3, 128)
