"""The schedule: which notes are to sound, and when.

It is pure: the caller gives the time, and sends the messages that it returns. Times are
seconds of the caller's clock; the live side uses `time.monotonic()`.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import NamedTuple

from antiphon.messages import note_off, note_on
from antiphon.music.note import Note

LATEST_ONSET = 0.1
"""Seconds; a note that would start later than this after its onset is not played at all."""

SHORTEST_SOUND = 0.001
"""Seconds that every note lasts at least; a synthesizer may miss a shorter one."""


@dataclass(slots=True, eq=False)
class _Scheduled:
    """One planned note. An end refers to this object and not to a pitch."""

    identity: int
    note: Note
    channel: int
    end: float
    started: float | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.channel, self.note.pitch


class _Planned(NamedTuple):
    """An entry of a heap: `order` keeps equal times in the order of planning."""

    time: float
    order: int
    scheduled: _Scheduled


class NoteSchedule:
    """A plan of notes, each with an identity that the caller chooses.

    Every note-on that it returns is followed by its own note-off: `due` returns that at
    the note's end, or before the same pitch starts again; or `release` returns it. Of
    equal times, ends come before starts.
    """

    def __init__(self) -> None:
        self._starts: list[_Planned] = []
        self._ends: list[_Planned] = []
        self._sounding: dict[tuple[int, int], _Scheduled] = {}
        self._open: dict[int, _Scheduled] = {}
        self._order = 0

    def play(self, identity: int, note: Note, channel: int = 0) -> None:
        """Plan a note from its onset on; without a duration, it sounds until `end`.

        Raises
        ------
        ValueError
            The channel does not exist.
        """
        note_on(channel, note.pitch, note.velocity)  # refuse now what could not be sent later
        scheduled = _Scheduled(identity, note, channel, math.inf if note.end is None else note.end)
        if note.end is None:
            self._open[identity] = scheduled
        self._push(self._starts, note.onset, scheduled)

    def end(self, identity: int, time: float) -> None:
        """End a note that was planned without a duration; ignore any other identity."""
        scheduled = self._open.pop(identity, None)
        if scheduled is None:
            return
        scheduled.end = time
        if scheduled.started is not None:
            self._push(self._ends, max(time, scheduled.started + SHORTEST_SOUND), scheduled)

    def cancel(self, after: float) -> None:
        """Drop the notes that would start after a time; notes that sound go on to their end."""
        for _, _, scheduled in self._starts:
            if scheduled.note.onset > after:
                self._open.pop(scheduled.identity, None)
        self._starts = [
            planned for planned in self._starts if planned.scheduled.note.onset <= after
        ]
        heapq.heapify(self._starts)

    def due(self, now: float) -> list[bytes]:
        """Return what must be sent by `now`.

        A note-on more than `LATEST_ONSET` late is dropped, and its note-off
        with it.
        """
        messages: list[bytes] = []
        while self._starts or self._ends:
            ends_next = self._ends and (
                not self._starts or self._ends[0].time <= self._starts[0].time
            )
            heap = self._ends if ends_next else self._starts
            if heap[0].time > now:
                break
            scheduled = heapq.heappop(heap).scheduled
            if ends_next:
                self._end(scheduled, messages)
            else:
                self._start(scheduled, now, messages)
        return messages

    def release(self) -> list[bytes]:
        """Drop all planned notes; return the note-offs of the sounding ones."""
        self._starts.clear()
        self._ends.clear()
        self._open.clear()
        sounding = [*self._sounding.values()]
        self._sounding.clear()
        return [note_off(*scheduled.key) for scheduled in sounding]

    def next_deadline(self) -> float | None:
        """Return when `due` will next have something to do, or None."""
        while self._ends and not self._sounds(self._ends[0].scheduled):
            heapq.heappop(self._ends)
        return min((heap[0].time for heap in (self._starts, self._ends) if heap), default=None)

    def _push(self, heap: list[_Planned], time: float, scheduled: _Scheduled) -> None:
        self._order += 1
        heapq.heappush(heap, _Planned(time, self._order, scheduled))

    def _sounds(self, scheduled: _Scheduled) -> bool:
        return self._sounding.get(scheduled.key) is scheduled

    def _start(self, scheduled: _Scheduled, now: float, messages: list[bytes]) -> None:
        if now - scheduled.note.onset > LATEST_ONSET:
            self._open.pop(scheduled.identity, None)
            return
        before = self._sounding.get(scheduled.key)
        if before is not None and before.started is not None:
            audible = before.started + SHORTEST_SOUND
            if audible > now:
                self._push(self._starts, audible, scheduled)
                return
            messages.append(note_off(*scheduled.key))
            self._open.pop(before.identity, None)
        messages.append(note_on(scheduled.channel, scheduled.note.pitch, scheduled.note.velocity))
        scheduled.started = now
        self._sounding[scheduled.key] = scheduled
        if scheduled.end < math.inf:
            self._push(self._ends, max(scheduled.end, now + SHORTEST_SOUND), scheduled)

    def _end(self, scheduled: _Scheduled, messages: list[bytes]) -> None:
        if self._sounds(scheduled):
            del self._sounding[scheduled.key]
            messages.append(note_off(*scheduled.key))
