"""One side of a session as the bytes of a MIDI track.

Positions are ticks from the session's first note; see `antiphon.music.files.smf`.
"""

from __future__ import annotations

from antiphon.messages import HeldNotes
from antiphon.music.files import smf

TRACKS = ("Player", "Antiphon")
PLAYER, PARTNER = range(2)
"""The tracks of a session's file: their names, and their places."""


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
        self._held = HeldNotes()

    def add(self, tick: int, message: bytes) -> None:
        """Append a channel message, byte for byte; one that comes late counts as now."""
        self.events += smf.delta_time(max(tick - self.tick, 0)) + message
        self.tick = max(tick, self.tick)
        self._held.see(message)

    def release(self, tick: int) -> None:
        """End the notes that still sound, and lift the pedals that are still down."""
        for message in self._held.releases():
            self.add(tick, message)
