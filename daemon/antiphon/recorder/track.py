"""One side of a session as the bytes of a MIDI track.

Positions are ticks from the session's first note; see `antiphon.music.smf`.
"""

from __future__ import annotations

from antiphon.music import smf

NOTE_OFF, NOTE_ON, CONTROL_CHANGE = 0x80, 0x90, 0xB0
SUSTAIN = 64
LENGTHS = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}
"""Bytes of each kind of channel message; nothing else belongs into a session."""


def is_channel_message(data: bytes) -> bool:
    """Return whether bytes are one whole channel message."""
    whole = bool(data) and LENGTHS.get(data[0] & 0xF0) == len(data)
    return whole and max(data[1:]) < 0x80


def is_note_on(data: bytes) -> bool:
    """Return whether a channel message starts a note."""
    return data[0] & 0xF0 == NOTE_ON and data[2] > 0


def is_note_off(data: bytes) -> bool:
    """Return whether a channel message ends a note, with velocity 0 or without."""
    kind = data[0] & 0xF0
    return kind == NOTE_OFF or (kind == NOTE_ON and data[2] == 0)


class GrowingTrack:
    """The events of one track, of which only the end ever changes.

    Parameters
    ----------
    name : str
        The track's name, its first event.
    """

    def __init__(self, name: str) -> None:
        self.events = bytearray(smf.name_event(name))
        self.tick = 0
        self._sounding: dict[tuple[int, int], None] = {}
        self._pedals: dict[int, None] = {}

    def add(self, tick: int, message: bytes) -> None:
        """Append a channel message; one that comes late counts as now."""
        # Files hold no gap beyond 28 bits: after 38 silent hours it gets shorter.
        gap = min(max(tick - self.tick, 0), smf.LONGEST_VARIABLE)
        self.events += smf.variable_length(gap) + message
        self.tick = max(tick, self.tick)
        channel = message[0] & 0x0F
        if is_note_on(message):
            self._sounding[channel, message[1]] = None
        elif is_note_off(message):
            self._sounding.pop((channel, message[1]), None)
        elif message[0] & 0xF0 == CONTROL_CHANGE and message[1] == SUSTAIN:
            if message[2]:
                self._pedals[channel] = None
            else:
                self._pedals.pop(channel, None)

    def release(self, tick: int) -> None:
        """End the notes that still sound, and lift the pedals that are still down."""
        for channel, pitch in list(self._sounding):
            self.add(tick, bytes([NOTE_OFF | channel, pitch, 0]))
        for channel in list(self._pedals):
            self.add(tick, bytes([CONTROL_CHANGE | channel, SUSTAIN, 0]))
