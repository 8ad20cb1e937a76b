"""Several parts on one port: no part's note-off ends a note that another part holds.

A receiver cannot tell the parts from each other where they share a channel. So a note
ends when the last part that holds it lets go. When a second part strikes a note that
sounds already, it is struck again (note-off, then note-on), because devices differ in
what they do with a second note-on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.messages.build import note_off
from antiphon.messages.held import HeldNotes, ends_notes
from antiphon.messages.spec import NOTE_OFF, NOTE_ON, is_channel_message

if TYPE_CHECKING:
    from collections.abc import Hashable


class SharedNotes:
    """The notes that each part holds down. Not thread-safe."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, HeldNotes] = {}

    def merge(self, part: Hashable, data: bytes) -> list[bytes]:
        """Return the messages to send when a part sends one; mostly that one alone.

        Pedals and other controllers pass unchanged: parts on one channel share them. "All
        notes off" ends only the notes of its own part.
        """
        if part not in self._parts:
            self._parts[part] = HeldNotes()
        held = self._parts[part]
        if not is_channel_message(data):
            return [data]
        messages = self._merged(part, held, data)
        held.see(data)
        return messages

    def clear(self) -> None:
        """Forget all notes, after everything was silenced."""
        self._parts.clear()

    def _merged(self, part: Hashable, held: HeldNotes, data: bytes) -> list[bytes]:
        others = [other for name, other in self._parts.items() if name != part]
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind in (NOTE_ON, NOTE_OFF):
            if not any((channel, data[1]) in other for other in others):
                return [data]
            struck = kind == NOTE_ON and data[2] > 0
            return [note_off(channel, data[1]), data] if struck else []
        if not ends_notes(data):
            return [data]
        shared = any(other.on_channel(channel) for other in others)
        own = [
            note_off(*note)
            for note in held.on_channel(channel)
            if not any(note in other for other in others)
        ]
        return own if shared else [*own, data]
