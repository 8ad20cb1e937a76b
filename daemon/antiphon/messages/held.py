"""Which notes a stream of messages holds down, and what ends them."""

from __future__ import annotations

from antiphon.messages.build import control_change, note_off
from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    PEDAL_DOWN,
    SUSTAIN,
    is_channel_message,
)


class HeldNotes:
    """Notes and pedals that are down after the messages seen so far.

    Not thread-safe: each stream of messages has its own, used on its thread.
    """

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], None] = {}  # (channel, pitch), in order of onset
        self._pedals: set[int] = set()
        self._channels: set[int] = set()

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels on which anything was ever sent."""
        return tuple(sorted(self._channels))

    def __contains__(self, note: tuple[int, int]) -> bool:
        """Tell whether the (channel, pitch) is down."""
        return note in self._notes

    def __len__(self) -> int:
        """Return how many notes are down."""
        return len(self._notes)

    def see(self, data: bytes) -> None:
        """Take note of one message."""
        if not is_channel_message(data):
            return
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        self._channels.add(channel)
        if kind == NOTE_ON and data[2] > 0:
            self._notes[channel, data[1]] = None
        elif kind in (NOTE_ON, NOTE_OFF):
            self._notes.pop((channel, data[1]), None)
        elif kind == CONTROL_CHANGE:
            self._see_control(channel, data[1], data[2])

    def releases(self) -> list[bytes]:
        """Return the messages that end all that is down, and forget it."""
        messages = [note_off(channel, pitch) for channel, pitch in self._notes]
        messages += [control_change(channel, SUSTAIN, 0) for channel in sorted(self._pedals)]
        self._notes.clear()
        self._pedals.clear()
        return messages

    def _see_control(self, channel: int, control: int, value: int) -> None:
        if control == SUSTAIN:
            (self._pedals.add if value >= PEDAL_DOWN else self._pedals.discard)(channel)
        elif control in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            for note in [note for note in self._notes if note[0] == channel]:
                del self._notes[note]
