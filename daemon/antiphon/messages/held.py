"""Which notes a stream of messages holds down, and what ends them.

Channels run from 0 to 15. "All notes off" and "all sound off" (CC 123 and 120)
end the notes of their channel as note-offs would; a pedal stays down.
"""

from __future__ import annotations

from antiphon.messages.build import control_change, note_off, panic
from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL_CHANGE,
    HOLDING_PEDALS,
    NOTE_OFF,
    NOTE_ON,
    PEDAL_DOWN,
    is_channel_message,
)


class HeldNotes:
    """Notes, and pedals that hold notes, which are down after the messages seen so far.

    Not thread-safe: each stream of messages has its own, used on its thread.
    """

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], None] = {}  # (channel, pitch), in order of onset
        self._pedals: set[tuple[int, int]] = set()  # (channel, control)
        self._channels: set[int] = set()

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels on which a note or a pedal went down since the last `silence`."""
        return tuple(sorted(self._channels))

    def __contains__(self, note: tuple[int, int]) -> bool:
        """Tell whether the (channel, pitch) is down."""
        return note in self._notes

    def __len__(self) -> int:
        """Return how many notes are down."""
        return len(self._notes)

    def on_channel(self, channel: int) -> list[tuple[int, int]]:
        """Return the notes that are down on a channel, as (channel, pitch)."""
        return [note for note in self._notes if note[0] == channel]

    def see(self, data: bytes) -> None:
        """Follow one message."""
        if not is_channel_message(data):
            return
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == NOTE_ON and data[2] > 0:
            self._notes[channel, data[1]] = None
            self._channels.add(channel)
        elif kind in (NOTE_ON, NOTE_OFF):
            self._notes.pop((channel, data[1]), None)
        elif kind == CONTROL_CHANGE and data[1] in HOLDING_PEDALS:
            if data[2] >= PEDAL_DOWN:
                self._pedals.add((channel, data[1]))
                self._channels.add(channel)
            else:
                self._pedals.discard((channel, data[1]))
        elif ends_notes(data):
            for note in self.on_channel(channel):
                del self._notes[note]

    def releases(self) -> list[bytes]:
        """Return the messages that end all that is down, and forget it."""
        messages = [note_off(channel, pitch) for channel, pitch in self._notes]
        messages += [control_change(*pedal, 0) for pedal in sorted(self._pedals)]
        self._notes.clear()
        self._pedals.clear()
        return messages

    def silence(self) -> list[bytes]:
        """Return the releases and then the panic on the channels used, and forget all.

        A second call, with nothing seen since, returns nothing.
        """
        messages = [*self.releases(), *panic(self.channels)]
        self._channels.clear()
        return messages


def ends_notes(data: bytes) -> bool:
    """Tell whether a channel message is "all notes off" or "all sound off"."""
    return data[0] & 0xF0 == CONTROL_CHANGE and data[1] in (ALL_NOTES_OFF, ALL_SOUND_OFF)
