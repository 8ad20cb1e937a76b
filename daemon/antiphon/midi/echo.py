"""Recognise Antiphon's own output when it comes back in, so that it is not played again.

The output may be connected to the input, directly or through a DAW or a synthesizer
that passes its input on. A message that arrives may be an echo if a message with the
same bytes left within the last `WINDOW` seconds. The channel may differ, since a DAW's
track may change it; but it must be the same for messages that silence a channel, which
DAWs send on all sixteen at once. Each message that left accounts for one echo.

Notes and panics of Antiphon's own need no further test: a player hardly strikes the same
pitch at the same velocity within the window. Messages that thru passed on need one,
because the player may repeat a note quickly. Such a message is an echo only if it changes
nothing (the note is down already, the channel is silent), or if its source is known to
loop. A source is known to loop for `REMEMBERED` seconds after an echo, or after it
returned the `PROBE`. The probe is sent when a message could be either.

A loop that is slower than the window, such as a ring of several Antiphons, would pass on
for ever what silences a channel (CC 123, CC 120, or CC 64 at 0). So on a channel where no
note was struck since, and where each comes within `SILENCED` seconds of the last, only
`MOST_SILENCES` pass, and only one from a source that is known to loop. Times are seconds
of the monotonic clock.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.messages import HeldNotes, is_channel_message
from antiphon.messages.held import ends_notes
from antiphon.messages.spec import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CONTROL_CHANGE,
    NOTE_OFF,
    NOTE_ON,
    SUSTAIN,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

WINDOW = 0.05
"""Seconds within which an echo comes back."""

SILENCED = 1.0
"""Seconds between messages that silence a channel, up to which they count as repeats."""

MOST_SILENCES = 3

REMEMBERED = 10.0
"""Seconds for which a source that returned something is taken to loop."""

PROBE_INTERVAL = 5.0

PROBE = bytes((0xF0, 0x7D, *b"Antiphon?", 0xF7))
"""A system exclusive message under the identity for non-commercial use: no device obeys it."""


@dataclass(slots=True)
class _Left:
    time: float
    data: bytes
    thru: bool


class EchoGuard:
    """Remembers the messages that left, and tells which arrivals are echoes of them.

    Safe to use from any thread: its lock is never held while it calls others.

    Parameters
    ----------
    send_probe : callable, optional
        Sends `PROBE` to the ports; called on the thread of the arrival.
    """

    def __init__(self, send_probe: Callable[[bytes], None] | None = None) -> None:
        self._send_probe = send_probe
        self._lock = threading.Lock()
        self._left: deque[_Left] = deque()
        self._looping: dict[Hashable, float] = {}  # source: until when
        # (source, channel, pitch): whether thru passed on what its note-on is an echo of
        self._echoing: dict[tuple[Hashable, int, int], bool] = {}
        self._passed = HeldNotes()  # what is down after all that thru passed on
        # (channel, control): when it silenced the channel last, and how often in a row
        self._silences: dict[tuple[int, int], tuple[float, int]] = {}
        self._probed = float("-inf")

    def played(self, data: bytes, now: float) -> None:
        """Remember a message of Antiphon's own, just before it leaves."""
        with self._lock:
            self._forget(now)
            self._left.append(_Left(now, data, thru=False))

    def passed(self, data: bytes, now: float) -> None:
        """Remember a message that thru passes on, just before it leaves."""
        with self._lock:
            self._forget(now)
            self._left.append(_Left(now, data, thru=True))
            self._passed.see(data)
            self._see_silence(data, now)

    def is_echo(self, data: bytes, now: float, source: Hashable = None) -> bool:
        """Tell whether an arrival is an echo; call this exactly once for each arrival.

        Parameters
        ----------
        data : bytes
            One message.
        now : float
            When it arrived.
        source : hashable
            Which port it came from.
        """
        with self._lock:
            if data == PROBE:
                self._looping[source] = now + REMEMBERED
                return True
            if not is_channel_message(data):
                return False
            left = self._find(data, now)
            echo = self._judge(data, now, source, left) or self._repeats_silence(data, now, source)
            probes = left is not None and not echo and self._may_probe(now)
        if probes and self._send_probe is not None:
            # Outside the lock: an outlet asks for it while it holds its own.
            self._send_probe(PROBE)
        return echo

    def _judge(self, data: bytes, now: float, source: Hashable, left: _Left | None) -> bool:
        looping = self._looping.get(source, now) > now
        kind, note = data[0] & 0xF0, (source, data[0] & 0x0F, data[1])
        if kind == NOTE_OFF or (kind == NOTE_ON and data[2] == 0):
            echo = self._judge_end(note, left if looping else None)
        else:
            echo = left is not None and (looping or not left.thru or self._changes_nothing(data))
        if kind == NOTE_ON and data[2] > 0:
            # So the note-off of a note that the player strikes is the player's too.
            self._echoing.pop(note, None)
            if echo:
                self._echoing[note] = left is not None and left.thru
        elif ends_notes(data):
            kept = (known for known in self._echoing.items() if known[0][:2] != note[:2])
            self._echoing = dict(kept)
        if echo:
            self._looping[source] = now + REMEMBERED
            if left is not None:
                self._left.remove(left)
        return echo

    def _judge_end(self, note: tuple[Hashable, int, int], left: _Left | None) -> bool:
        """Tell whether a note-off is an echo: if its note-on was, whatever the velocity and time.

        But while a note that thru passed on is down, its end has not left yet, so none can
        come back. The player may have struck it twice, such as from two layers.
        """
        thru = self._echoing.get(note, left.thru if left is not None else None)
        if thru is None or (thru and note[1:] in self._passed):
            return False
        self._echoing.pop(note, None)
        return True

    def _changes_nothing(self, data: bytes) -> bool:
        """Tell whether, after what thru passed on, a message has no effect."""
        channel = data[0] & 0x0F
        if _silences(data):
            return (channel, data[1]) in self._silences
        return data[0] & 0xF0 == NOTE_ON and (channel, data[1]) in self._passed

    def _see_silence(self, data: bytes, now: float) -> None:
        channel, value = data[0] & 0x0F, data[-1]
        if data[0] & 0xF0 == NOTE_ON and value > 0:
            self._silences.pop((channel, ALL_NOTES_OFF), None)
            self._silences.pop((channel, ALL_SOUND_OFF), None)
        elif data[0] & 0xF0 == CONTROL_CHANGE and data[1] == SUSTAIN and value > 0:
            self._silences.pop((channel, SUSTAIN), None)
        elif _silences(data):
            last, times = self._silences.get((channel, data[1]), (now, 0))
            in_a_row = times + 1 if now - last <= SILENCED else 1
            self._silences[channel, data[1]] = now, in_a_row

    def _repeats_silence(self, data: bytes, now: float, source: Hashable) -> bool:
        """Tell whether thru has passed on enough messages that silence this channel."""
        key = (data[0] & 0x0F, data[1])
        if not _silences(data) or key not in self._silences:
            return False
        last, times = self._silences[key]
        most = 1 if self._looping.get(source, now) > now else MOST_SILENCES
        if now - last > SILENCED or times < most:
            return False
        self._silences[key] = now, times
        return True

    def _forget(self, now: float) -> None:
        while self._left and self._left[0].time < now - WINDOW:
            self._left.popleft()

    def _find(self, data: bytes, now: float) -> _Left | None:
        self._forget(now)
        kind, rest, exactly = data[0] & 0xF0, data[1:], _silences(data)
        for left in self._left:
            if left.data == data:
                return left
            if not exactly and left.data[0] & 0xF0 == kind and left.data[1:] == rest:
                return left
        return None

    def _may_probe(self, now: float) -> bool:
        """Tell whether a probe may be sent now, and if so remember the time."""
        due = now >= self._probed + PROBE_INTERVAL
        if due:
            self._probed = now
        return due


def _silences(data: bytes) -> bool:
    """Tell whether a message is one of those that a panic is made of."""
    lifted = data[0] & 0xF0 == CONTROL_CHANGE and data[1] == SUSTAIN and data[2] == 0
    return lifted or ends_notes(data)
