"""The events of a track: those that music needs, as every parser reads them.

Notes and all other channel messages, tempos, the first texts and signatures of metre and
key stay; everything else (lyrics, system exclusive messages …) becomes an event
that does nothing, at the same time. What programs write in spite of the standard is
put right:

- running status that goes on after a system exclusive or a meta event;
- data bytes above 127, which are clipped;
- events behind an end of track, which are read too: the last end counts.

Long runs of channel messages are found by regular expressions and copied as they
are, so that a file takes little more time than its reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from antiphon.messages.spec import (
    CHANNEL_LENGTHS,
    PROGRAM_CHANGE,
    RESET,
    SYSTEM_EXCLUSIVE,
    SYSTEM_EXCLUSIVE_END,
    SYSTEM_LENGTHS,
)
from antiphon.music.files import smf
from antiphon.music.files.captions import MOST_TEXTS, caption_text, read_text
from antiphon.music.files.chord_texts import chord_text
from antiphon.music.files.chunks import OTHER, UnreadableMidiError
from antiphon.music.files.signatures import signature

META = RESET
"""In a file the status byte of a reset begins a meta event."""
TEMPO_BYTES = 3
LONGEST_NUMBER = 4
MOST_EVENT_BYTES = 1 << 22
"""About a million messages, or 500,000 notes; mido reads some 200,000 messages a second."""
AT_ONCE = 4096
"""Messages that one match takes at most."""

_DELTA = rb"[\x80-\xff]{0,3}[\x00-\x7f]"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Channel messages of one length, each with its delta time."""

    data_bytes: int
    begins: re.Pattern[bytes]
    run: re.Pattern[bytes]

    @classmethod
    def of(cls, data_bytes: int, status: bytes) -> _Kind:
        message = rb"%s(%s)?[\x00-\x7f]{%d}" % (_DELTA, status, data_bytes)
        return cls(
            data_bytes,
            re.compile(_DELTA + status),
            re.compile(rb"(?:%s){1,%d}" % (message, AT_ONCE)),
        )

    def ticks(self, runs: bytes) -> int:
        """Return the sum of the delta times of messages of this kind."""
        # Bytes below 128 end a delta time or are data: which of both, their number tells.
        digits = np.frombuffer(runs, dtype=np.uint8).astype(np.int64)
        low = np.flatnonzero(digits < 0x80)
        ends = low[:: self.data_bytes + 1]
        begins = np.concatenate([[0], low[self.data_bytes :: self.data_bytes + 1] + 1])[:-1]
        total = int(digits[ends].sum())
        for place in range(1, LONGEST_NUMBER):
            ends, begins = ends[ends - begins >= place], begins[ends - begins >= place]
            total += int((digits[ends - place] & 0x7F).sum()) << 7 * place
        return total


THREE = _Kind.of(2, rb"[\x80-\xbf\xe0-\xef]")
TWO = _Kind.of(1, rb"[\xc0-\xdf]")


@dataclass(frozen=True, slots=True)
class CleanTrack:
    """A track as every parser reads it.

    Attributes
    ----------
    events : bytes
        Without an end of track.
    ticks : int
        From the start to the end of the track.
    ended : bool
        Whether the track says where it ends; if not, it was cut short.
    """

    events: bytes
    ticks: int
    ended: bool


def clean_track(body: bytes, *, programs: bool = True) -> CleanTrack:
    """Return the events that music needs.

    Parameters
    ----------
    body : bytes
        The events of a track chunk.
    programs : bool
        Whether program changes, channel pressure, signatures, chord symbols and texts stay.

    Raises
    ------
    UnreadableMidiError
        An event before the end of the track is none that MIDI knows, or there are
        too many.
    """
    cleaner = _Cleaner(body, programs)
    try:
        while cleaner.place < len(body):
            cleaner.take()
    except _CutError:
        pass
    except UnreadableMidiError:
        if not cleaner.ended:
            raise
        cleaner.leave_out_what_follows_the_end()
    return cleaner.track()


def refuse_too_many(event_bytes: int) -> None:
    """Refuse events that no parser reads in the time that a player waits.

    Raises
    ------
    UnreadableMidiError
        They are longer than `MOST_EVENT_BYTES`.
    """
    if event_bytes > MOST_EVENT_BYTES:
        raise UnreadableMidiError(
            f"holds more than {MOST_EVENT_BYTES >> 20} MiB of messages, too many to read", OTHER
        )


class _CutError(Exception):
    """The bytes end within an event."""


class _Cleaner:
    """Reads a track from its first byte to its last."""

    def __init__(self, body: bytes, programs: bool) -> None:
        self.place = 0
        self.ended = False
        self._body = body
        self._programs = programs
        self._events: list[bytes] = []
        self._runs: list[bytes] = []
        self._ticks = 0
        """Of all events but the runs of `THREE`, which are counted together."""
        self._end = (0, 0, 0)
        self._status: int | None = None
        self._named = False
        self._texts = 0

    def track(self) -> CleanTrack:
        """Return what was read."""
        events = b"".join(self._events)
        refuse_too_many(len(events))
        ticks = self._ticks + THREE.ticks(b"".join(self._runs))
        return CleanTrack(events, ticks, self.ended)

    def leave_out_what_follows_the_end(self) -> None:
        """Go back to the last end of track."""
        events, runs, self._ticks = self._end
        del self._events[events:], self._runs[runs:]

    def take(self) -> None:
        """Read as many channel messages as there are, or another event."""
        for kind in (THREE, TWO):
            if kind is _kind_of(self._status) or kind.begins.match(self._body, self.place):
                run = kind.run.match(self._body, self.place)
                if run is not None:
                    self._take_run(run, kind)
                    return
        self._take_other()

    def _take_run(self, run: re.Match[bytes], kind: _Kind) -> None:
        events = run[0]
        if kind is THREE:
            self._runs.append(events)
        else:
            ticks = TWO.ticks(events)
            self._ticks += ticks
        if kind is TWO and not self._programs:
            events = smf.delta_time(ticks) + smf.NOTHING
        elif self._status is not None and not kind.begins.match(events):
            _, first = self._number(self.place)
            first -= self.place
            events = events[:first] + bytes([self._status]) + events[first:]
        self._events.append(events)
        self._status = run[1][0] if run[1] else self._status
        self.place = run.end()

    def _take_other(self) -> None:
        """Read an event that is no plain channel message."""
        refuse_too_many(3 * len(self._events))  # each has three bytes or more
        ticks, place = self._number(self.place)
        delta, first = self._body[self.place : place], self._byte(place)
        if first == META:
            event, place = self._meta(place + 1)
        elif first in (SYSTEM_EXCLUSIVE, SYSTEM_EXCLUSIVE_END):
            event, (_, place) = smf.NOTHING, self._block(place + 1)
        elif first > SYSTEM_EXCLUSIVE:
            if first not in SYSTEM_LENGTHS:
                raise UnreadableMidiError(f"is damaged: there is no message {first:02X}")
            event, place = smf.NOTHING, place + SYSTEM_LENGTHS[first]
        else:
            event, place = self._message(first, place)
        self._ticks += ticks
        self._events.append(delta + (smf.NOTHING if event is _END else event))
        self.place = place
        if event is _END:
            self._status = None
            self.ended, self._end = True, (len(self._events), len(self._runs), self._ticks)

    def _message(self, first: int, place: int) -> tuple[bytes, int]:
        """Return a channel message with its data bytes clipped, and where it ends."""
        if first >= 0x80:
            self._status, place = first, place + 1
        status = self._status
        if status is None:
            raise UnreadableMidiError("is damaged: a message has no status byte")
        after = place + CHANNEL_LENGTHS[status & 0xF0] - 1
        if after > len(self._body):
            raise _CutError
        if status & 0xE0 == PROGRAM_CHANGE and not self._programs:
            return smf.NOTHING, after
        values = bytes(min(value, 127) for value in self._body[place:after])
        return bytes([status]) + values, after

    def _meta(self, place: int) -> tuple[bytes, int]:
        """Return what music needs of a meta event, and where it ends."""
        kind = self._byte(place)
        content, place = self._block(place + 1)
        if kind == smf.END:
            return _END, place
        if kind == smf.TEMPO and any(content[:TEMPO_BYTES]) and len(content) >= TEMPO_BYTES:
            return smf.meta(kind, content[:TEMPO_BYTES]), place
        name = read_text(content) if kind == smf.NAME and not self._named else ""
        if name:
            self._named = True
            return smf.meta(kind, name.encode("utf-8")), place
        if not self._programs:
            return smf.NOTHING, place
        told = chord_text(kind, content) or self._caption(kind, content)
        return told or signature(kind, content), place

    def _caption(self, kind: int, content: bytes) -> bytes | None:
        """Return a meta event if it is one of the first texts of the track, else None."""
        told = caption_text(kind, content) if self._texts < MOST_TEXTS else None
        self._texts += told is not None
        return told

    def _block(self, place: int) -> tuple[bytes, int]:
        """Return the bytes behind a length, and where they end."""
        size, place = self._number(place)
        if place + size > len(self._body):
            raise _CutError
        return self._body[place : place + size], place + size

    def _number(self, place: int) -> tuple[int, int]:
        """Return a variable-length quantity, and where it ends."""
        value = self._byte(place)
        place += 1
        if value < 0x80:  # as most are
            return value, place
        value &= 0x7F
        for _ in range(LONGEST_NUMBER - 1):
            byte = self._byte(place)
            value, place = value << 7 | byte & 0x7F, place + 1
            if byte < 0x80:
                return value, place
        raise UnreadableMidiError("is damaged: a number is longer than four bytes")

    def _byte(self, place: int) -> int:
        if place >= len(self._body):
            raise _CutError
        return self._body[place]


_END = smf.meta(smf.END, b"")


def _kind_of(status: int | None) -> _Kind | None:
    if status is None:
        return None
    return TWO if status & 0xE0 == PROGRAM_CHANGE else THREE
