"""Messages made from numbers, each checked before it is bytes.

Channels run from 0 to 15, data bytes from 0 to 127.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CHANNELS,
    CONTROL_CHANGE,
    DEFAULT_RELEASE_VELOCITY,
    NOTE_OFF,
    NOTE_ON,
    PROGRAM_CHANGE,
    SUSTAIN,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def note_on(channel: int, pitch: int, velocity: int) -> bytes:
    """Return a note-on; `velocity` 1 to 127."""
    if not 1 <= velocity <= 127:
        raise ValueError(f"velocity {velocity} is not within 1 to 127")
    return _message(NOTE_ON, channel, pitch, velocity)


def note_off(channel: int, pitch: int) -> bytes:
    """Return a note-off."""
    return _message(NOTE_OFF, channel, pitch, DEFAULT_RELEASE_VELOCITY)


def control_change(channel: int, control: int, value: int) -> bytes:
    """Return a control change."""
    return _message(CONTROL_CHANGE, channel, control, value)


def program_change(channel: int, program: int) -> bytes:
    """Return the message that chooses a sound; `program` 0 to 127."""
    return _message(PROGRAM_CHANGE, channel, program)


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


def _message(kind: int, channel: int, *data: int) -> bytes:
    if channel not in CHANNELS:
        raise ValueError(f"channel {channel} is not within 0 to 15")
    if not all(0 <= value <= 127 for value in data):
        raise ValueError(f"data bytes {', '.join(map(str, data))} are not within 0 to 127")
    return bytes((kind | channel, *data))
