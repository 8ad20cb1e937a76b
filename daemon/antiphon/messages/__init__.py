"""MIDI messages: the protocol as a table, as bytes, and as values. Knows no port."""

from antiphon.messages.build import control_change, note_off, note_on, panic, program_change
from antiphon.messages.events import (
    Clock,
    ClockEvent,
    Control,
    Event,
    NoteOff,
    NoteOn,
    OtherMessage,
    SongPosition,
    Transport,
    parse,
    parse_clock,
)
from antiphon.messages.heard import Heard
from antiphon.messages.held import HeldNotes
from antiphon.messages.spec import is_channel_message, is_message

__all__ = [
    "Clock",
    "ClockEvent",
    "Control",
    "Event",
    "Heard",
    "HeldNotes",
    "NoteOff",
    "NoteOn",
    "OtherMessage",
    "SongPosition",
    "Transport",
    "control_change",
    "is_channel_message",
    "is_message",
    "note_off",
    "note_on",
    "panic",
    "parse",
    "parse_clock",
    "program_change",
]
