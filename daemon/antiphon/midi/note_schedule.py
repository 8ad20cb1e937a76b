"""What is to sound and when: pure, in the time that it is told.

Times are seconds on whatever clock the caller uses; the live side uses
`time.monotonic()`. The schedule sends nothing itself: it returns messages.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

from antiphon.messages import note_off, note_on
from antiphon.music.note import Note

LATEST_ONSET = 0.1
"""A note that would start later than this after its onset is not played at all."""

SHORTEST_SOUND = 0.001
"""No note ends sooner after its start than this, or a synthesizer may not hear it."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """One note of the plan; itself, not its identity or pitch, is what an end ends."""

    identity: int
    note: Note
    channel: int
    end: float

    @property
    def key(self) -> tuple[int, int]:
        return self.channel, self.note.pitch


class _Sounding(NamedTuple):
    voice: _Voice
    started: float


class _Planned(NamedTuple):
    """An entry of a heap: `order` keeps equal times in the order of planning."""

    time: float
    order: int
    voice: _Voice


class NoteSchedule:
    """A plan of notes, each with an identity of the caller's.

    Every note-on returned is followed by its own note-off: from `due`, at the
    note's end or before the same pitch starts anew, or from `silence`. At one
    moment ends come before starts.
    """

    def __init__(self) -> None:
        self._starts: list[_Planned] = []
        self._ends: list[_Planned] = []
        self._sounding: dict[tuple[int, int], _Sounding] = {}
        self._order = 0

    def play(self, identity: int, note: Note, channel: int = 0) -> None:
        """Plan a note, to start at its onset.

        Raises
        ------
        ValueError
            The note has no duration, or the channel does not exist.
        """
        if note.end is None:
            raise ValueError("a note to be played must have a duration")
        note_on(channel, note.pitch, note.velocity)  # refuse now what could not be sent later
        self._push(self._starts, note.onset, _Voice(identity, note, channel, note.end))

    def due(self, now: float) -> list[tuple[int, bytes]]:
        """Return what must be sent by `now`, with the identity of each message's note.

        A note-on more than `LATEST_ONSET` late is dropped, and its note-off
        with it.
        """
        messages: list[tuple[int, bytes]] = []
        while self._starts or self._ends:
            ends_next = self._ends and (
                not self._starts or self._ends[0].time <= self._starts[0].time
            )
            heap = self._ends if ends_next else self._starts
            if heap[0].time > now:
                break
            voice = heapq.heappop(heap).voice
            if ends_next:
                self._end(voice, messages)
            else:
                self._start(voice, now, messages)
        return messages

    def release(self) -> list[tuple[int, bytes]]:
        """Drop all that is pending; return the note-offs of all that sounds."""
        self._starts.clear()
        self._ends.clear()
        voices = [sounding.voice for sounding in self._sounding.values()]
        self._sounding.clear()
        return [(voice.identity, note_off(*voice.key)) for voice in voices]

    def silence(self, now: float) -> list[bytes]:
        """Do as `release`, and return the messages alone; `now` plays no part."""
        del now
        return [data for _, data in self.release()]

    def next_deadline(self) -> float | None:
        """Return when `due` will next have something to do, or None."""
        while self._ends and not self._sounds(self._ends[0].voice):
            heapq.heappop(self._ends)
        return min((heap[0].time for heap in (self._starts, self._ends) if heap), default=None)

    def _push(self, heap: list[_Planned], time: float, voice: _Voice) -> None:
        self._order += 1
        heapq.heappush(heap, _Planned(time, self._order, voice))

    def _sounds(self, voice: _Voice) -> bool:
        sounding = self._sounding.get(voice.key)
        return sounding is not None and sounding.voice is voice

    def _start(self, voice: _Voice, now: float, messages: list[tuple[int, bytes]]) -> None:
        if now - voice.note.onset > LATEST_ONSET:
            return
        before = self._sounding.get(voice.key)
        if before is not None:
            audible = before.started + SHORTEST_SOUND
            if audible > now:
                self._push(self._starts, audible, voice)
                return
            messages.append((before.voice.identity, note_off(*voice.key)))
        messages.append(
            (voice.identity, note_on(voice.channel, voice.note.pitch, voice.note.velocity))
        )
        self._sounding[voice.key] = _Sounding(voice, now)
        self._push(self._ends, max(voice.end, now + SHORTEST_SOUND), voice)

    def _end(self, voice: _Voice, messages: list[tuple[int, bytes]]) -> None:
        if self._sounds(voice):
            del self._sounding[voice.key]
            messages.append((voice.identity, note_off(*voice.key)))
