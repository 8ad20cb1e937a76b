"""Note-ons and note-offs to notes, where files disagree on what a repeat means.

Two strokes of one key cannot sound at once: the second ends the first. Note-offs
are then counted, so that the first stroke's own note-off, where it comes late,
does not end the second. Where a file has only one note-off for both, that one
ends the second, unless it follows the stroke at once: transcribed playing is full
of note-offs that come some milliseconds after their key was struck again. Two
strokes of one key at the same time are one, the louder.

A note whose note-off comes at the time of its note-on was struck: it stays, and
lasts `SHORTEST_DURATION`, as it does when the partner hears the same messages live.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.note import NOTE_DTYPE, SHORTEST_DURATION, NoteArray, sort_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

LATE_SECONDS = 0.015
"""A note-off this close behind a stroke is that of the stroke before.

Of 4,797 such note-offs in 55 transcriptions by a network the last came after 11 ms;
in sequenced files and piano rolls, where they end a second voice, none before 18 ms.
"""


@dataclass(slots=True)
class _Stroke:
    """A key that is down, and the note-offs that earlier strokes still owe."""

    onset: float
    velocity: int
    owed: int = 0
    released: float | None = None


class _Keyboard:
    """The keys of one channel, and the notes made so far."""

    def __init__(self, late: float, shortest: float) -> None:
        self._late = late
        self._shortest = shortest
        self._ended: dict[tuple[int, float], tuple[float, int]] = {}
        """Duration and velocity of each note, by its pitch and onset."""
        self._down: dict[int, _Stroke] = {}

    def press(self, pitch: int, velocity: int, time: float) -> None:
        stroke = self._down.get(pitch)
        if stroke is None:
            _, before = self._ended.pop((pitch, time), (0.0, 0))
            self._down[pitch] = _Stroke(time, max(velocity, before))
        elif stroke.onset == time:
            stroke.velocity = max(stroke.velocity, velocity)
            stroke.owed += 1
        elif stroke.released is not None:
            # The note-offs still owed never came: this one was its own.
            self._finish(pitch, stroke, stroke.released)
            self._down[pitch] = _Stroke(time, velocity)
        else:
            self._finish(pitch, stroke, time)
            self._down[pitch] = _Stroke(time, velocity, owed=stroke.owed + 1)

    def release(self, pitch: int, time: float) -> None:
        stroke = self._down.get(pitch)
        if stroke is None:
            return
        if stroke.owed:
            stroke.owed -= 1
            if time - stroke.onset > self._late:
                stroke.released = time
        else:
            self._finish(pitch, self._down.pop(pitch), time)

    def close(self, time: float) -> None:
        for pitch, stroke in self._down.items():
            self._finish(pitch, stroke, time if stroke.released is None else stroke.released)
        self._down.clear()

    def _finish(self, pitch: int, stroke: _Stroke, time: float) -> None:
        duration = time - stroke.onset
        duration = duration if duration > 0.0 else self._shortest
        self._ended[pitch, stroke.onset] = duration, stroke.velocity

    def notes(self) -> NoteArray:
        rows = [(key, onset, *ended) for (key, onset), ended in self._ended.items()]
        return sort_notes(np.array(rows, dtype=NOTE_DTYPE))


def pair_notes(
    messages: Iterable[tuple[float, bytes]],
    end: float,
    late: float = LATE_SECONDS,
    shortest: float = SHORTEST_DURATION,
) -> NoteArray:
    """Return the notes of one channel's messages, sorted by onset.

    Parameters
    ----------
    messages : iterable of (float, bytes)
        Seconds and channel messages, in order of time; a note-on of velocity 0
        is a note-off, and other messages are passed over.
    end : float
        When notes that nothing ends are taken to end, in seconds.
    late : float
        How long after its key was struck again a note-off may come, in seconds.
    shortest : float
        How long a note lasts that ends at the time at which it begins, in seconds.
    """
    keyboard = _Keyboard(late, shortest)
    for time, message in messages:
        kind = message[0] & 0xF0
        if kind == NOTE_ON and message[2] > 0:
            keyboard.press(message[1], message[2], time)
        elif kind in (NOTE_ON, NOTE_OFF):
            keyboard.release(message[1], time)
    keyboard.close(end)
    return keyboard.notes()
