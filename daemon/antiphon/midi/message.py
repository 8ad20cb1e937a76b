"""MIDI messages as bytes, and the few events that Antiphon understands.

Times are seconds of `time.monotonic()`; channels run from 0 to 15, data bytes
from 0 to 127. One table gives the length of each channel message; whatever is
not a whole channel message (clock, active sensing, system exclusive, garbage)
is no event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTE_OFF = 0x80
NOTE_ON = 0x90
POLY_PRESSURE = 0xA0
CONTROL_CHANGE = 0xB0
PROGRAM_CHANGE = 0xC0
CHANNEL_PRESSURE = 0xD0
PITCH_BEND = 0xE0

MESSAGE_LENGTHS = {
    NOTE_OFF: 3,
    NOTE_ON: 3,
    POLY_PRESSURE: 3,
    CONTROL_CHANGE: 3,
    PROGRAM_CHANGE: 2,
    CHANNEL_PRESSURE: 2,
    PITCH_BEND: 3,
}
"""Bytes of each channel message, by the upper half of its status byte."""

SUSTAIN = 64
ALL_SOUND_OFF = 120
ALL_NOTES_OFF = 123

CHANNELS = range(16)

_RELEASE_VELOCITY = 64  # what the MIDI specification asks of senders that measure none


@dataclass(frozen=True, slots=True)
class NoteOn:
    """A key went down; `velocity` is 1 to 127."""

    time: float
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class NoteOff:
    """A key came up, by a note-off or by a note-on of velocity 0."""

    time: float
    channel: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Control:
    """A pedal or another controller moved; `control` is the control number."""

    time: float
    channel: int
    control: int
    value: int


@dataclass(frozen=True, slots=True)
class OtherMessage:
    """Any other channel message: pressure, program change, pitch bend."""

    time: float
    data: bytes


Event = NoteOn | NoteOff | Control | OtherMessage


def is_channel_message(data: bytes | Sequence[int]) -> bool:
    """Tell whether `data` is one whole channel message, and nothing else."""
    if not data or len(data) != MESSAGE_LENGTHS.get(data[0] & 0xF0):
        return False
    return data[0] <= 0xFF and all(0 <= value <= 127 for value in data[1:])


def parse(data: bytes | Sequence[int], time: float) -> Event | None:
    """Return the event that a message stands for, or None for what is no event.

    Parameters
    ----------
    data : bytes or sequence of int
        One message as a driver hands it over; no running status.
    time : float
        When it arrived, in seconds of the monotonic clock.
    """
    if not is_channel_message(data):
        return None
    kind, channel = data[0] & 0xF0, data[0] & 0x0F
    if kind == NOTE_ON and data[2] > 0:
        return NoteOn(time, channel, data[1], data[2])
    if kind in (NOTE_ON, NOTE_OFF):
        return NoteOff(time, channel, data[1])
    if kind == CONTROL_CHANGE:
        return Control(time, channel, data[1], data[2])
    return OtherMessage(time, bytes(data))


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """Return a note-on; `velocity` 1 to 127."""
    if not 1 <= velocity <= 127:
        raise ValueError(f"velocity {velocity} is not within 1 to 127")
    return _message(NOTE_ON, channel, pitch, velocity)


def note_off(channel: int, pitch: int) -> bytes:
    """Return a note-off."""
    return _message(NOTE_OFF, channel, pitch, _RELEASE_VELOCITY)


def control_change(channel: int, control: int, value: int) -> bytes:
    """Return a control change."""
    return _message(CONTROL_CHANGE, channel, control, value)


def panic(channels: Iterable[int] = CHANNELS) -> list[bytes]:
    """Return what silences a device on these channels, after its own note-offs.

    Devices differ in what they obey: the sustain pedal is lifted first (notes
    it keeps would outlive the rest), then CC 123 (all notes off) and CC 120
    (all sound off).
    """
    return [
        control_change(channel, control, 0)
        for channel in channels
        for control in (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF)
    ]


def _message(kind: int, channel: int, first: int, second: int) -> bytes:
    if channel not in CHANNELS:
        raise ValueError(f"channel {channel} is not within 0 to 15")
    if not (0 <= first <= 127 and 0 <= second <= 127):
        raise ValueError(f"data bytes {first}, {second} are not within 0 to 127")
    return bytes((kind | channel, first, second))
