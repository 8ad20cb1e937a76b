"""The MIDI 1.0 protocol as data: status bytes, lengths, and control numbers.

Channels run from 0 to 15, data bytes from 0 to 127. `LENGTHS` is the one table
of messages: what can be parsed and built follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTE_OFF = 0x80
NOTE_ON = 0x90
POLY_PRESSURE = 0xA0
CONTROL_CHANGE = 0xB0
PROGRAM_CHANGE = 0xC0
CHANNEL_PRESSURE = 0xD0
PITCH_BEND = 0xE0

SYSTEM_EXCLUSIVE = 0xF0
TIME_CODE = 0xF1
SONG_POSITION = 0xF2
SONG_SELECT = 0xF3
TUNE_REQUEST = 0xF6
SYSTEM_EXCLUSIVE_END = 0xF7
CLOCK = 0xF8
START = 0xFA
CONTINUE = 0xFB
STOP = 0xFC
ACTIVE_SENSING = 0xFE
RESET = 0xFF

CHANNEL_LENGTHS = {
    NOTE_OFF: 3,
    NOTE_ON: 3,
    POLY_PRESSURE: 3,
    CONTROL_CHANGE: 3,
    PROGRAM_CHANGE: 2,
    CHANNEL_PRESSURE: 2,
    PITCH_BEND: 3,
}
"""Bytes of each channel message, by the upper half of its status byte."""

SYSTEM_LENGTHS = {
    TIME_CODE: 2,
    SONG_POSITION: 3,
    SONG_SELECT: 2,
    TUNE_REQUEST: 1,
    CLOCK: 1,
    START: 1,
    CONTINUE: 1,
    STOP: 1,
    ACTIVE_SENSING: 1,
    RESET: 1,
}
"""Bytes of each system message of a fixed length, by its status byte."""

LENGTHS = {
    **{kind | channel: length for kind, length in CHANNEL_LENGTHS.items() for channel in range(16)},
    **SYSTEM_LENGTHS,
}
"""Bytes of each message, by its status byte; a system exclusive message has any length."""

DATA_ENTRY = 6
NRPN = (98, 99)
RPN_LOW, RPN_HIGH = 100, 101
MPE_CONFIGURATION = (0, 6)
"""The registered parameter that opens a zone of MPE, (high, low)."""

SUSTAIN = 64
SOSTENUTO = 66
SOFT = 67
HOLD_2 = 69
HOLDING_PEDALS = (SUSTAIN, SOSTENUTO, HOLD_2)
"""The pedals that keep notes sounding after their note-offs."""

ALL_SOUND_OFF = 120
RESET_CONTROLLERS = 121
ALL_NOTES_OFF = 123

PEDAL_DOWN = 64
"""A pedal is down from this value on, as MIDI 1.0 defines."""

CHANNELS = range(16)
DRUMS = 9
"""The channel of percussion in General MIDI."""

DEFAULT_RELEASE_VELOCITY = 64
"""What MIDI 1.0 asks of senders that do not measure how a key is released."""


def is_channel_message(data: bytes | Sequence[int]) -> bool:
    """Tell whether `data` is one whole channel message, and nothing else."""
    if not data or len(data) != CHANNEL_LENGTHS.get(data[0] & 0xF0):
        return False
    return data[0] <= 0xFF and all(0 <= value <= 127 for value in data[1:])


def is_message(data: bytes | Sequence[int]) -> bool:
    """Tell whether `data` is one whole message of a fixed length, and nothing else."""
    if not data or len(data) != LENGTHS.get(data[0]):
        return False
    return all(0 <= value <= 127 for value in data[1:])
