"""Events: MIDI messages as values, made of bytes that are checked.

Times are seconds of the session's monotonic clock; channels run from 0 to 15, data bytes
from 0 to 127. Only whole messages of a fixed length become events. System exclusive
messages, active sensing and the like, and garbage do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from antiphon.messages.spec import (
    CLOCK,
    CONTINUE,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    SONG_POSITION,
    START,
    STOP,
    is_channel_message,
    is_message,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


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

    @property
    def channel(self) -> int:
        """The channel, 0 to 15."""
        return self.data[0] & 0x0F


@dataclass(frozen=True, slots=True)
class Clock:
    """One tick of a MIDI clock, of which there are 24 a beat."""

    time: float


@dataclass(frozen=True, slots=True)
class Transport:
    """The transport of a DAW or a sequencer: it starts, goes on, or stops."""

    time: float
    action: Literal["start", "continue", "stop"]


@dataclass(frozen=True, slots=True)
class SongPosition:
    """Where the transport is; `sixteenths` since the beginning of the song."""

    time: float
    sixteenths: int


Event = NoteOn | NoteOff | Control | OtherMessage
"""A channel message."""

ClockEvent = Clock | Transport | SongPosition
"""A message of a clock or a transport."""

_TRANSPORT: dict[int, Literal["start", "continue", "stop"]] = {
    START: "start",
    CONTINUE: "continue",
    STOP: "stop",
}


def parse(data: bytes | Sequence[int], time: float) -> Event | None:
    """Return the event that a channel message stands for, or None for anything else.

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


def parse_clock(data: bytes | Sequence[int], time: float) -> ClockEvent | None:
    """Return the event of a clock, transport or song position message, else None."""
    if not is_message(data):
        return None
    status = data[0]
    if status == CLOCK:
        return Clock(time)
    if status in _TRANSPORT:
        return Transport(time, _TRANSPORT[status])
    if status == SONG_POSITION:
        return SongPosition(time, data[1] | data[2] << 7)
    return None
