"""Our own output, recognised when it comes back in.

Someone may connect the output to the input, directly or through a DAW or a
synthesizer that passes its input on. An echo is a message that left less than
`WINDOW` ago and arrives with the same bytes, but for the channel. Each message
that left excuses one arrival.

For the partner's own notes that is enough: that the player strikes the very
pitch and velocity within the window is not to be expected. What thru passed on
was played by someone, who may well play it again (a fast repetition at one
velocity): there it is an echo where the note is down already, or where the
source is known to loop. A source becomes known by its echoes, or by returning
the `PROBE`, which is sent when an arrival could be either. Times are seconds
of the monotonic clock.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.messages import is_channel_message
from antiphon.messages.spec import NOTE_OFF, NOTE_ON

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

WINDOW = 0.05
"""Seconds within which an echo comes back."""

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
    """Remembers what left, and says of what arrives whether it is that.

    Safe to use from any thread.

    Parameters
    ----------
    send_probe : callable, optional
        Sends `PROBE` to the ports; called on the thread of the arrival.
    """

    def __init__(self, send_probe: Callable[[bytes], None] | None = None) -> None:
        self._send_probe = send_probe
        self._lock = threading.RLock()
        self._left: deque[_Left] = deque()
        self._looping: dict[Hashable, float] = {}  # source: until when
        self._echoing: set[tuple[Hashable, int, int]] = set()  # (source, channel, pitch)
        self._held: set[tuple[int, int]] = set()  # (channel, pitch), as thru passed them on
        self._probed = float("-inf")

    def played(self, data: bytes, now: float) -> None:
        """Take note of a message of the partner's, just before it leaves."""
        with self._lock:
            self._forget(now)
            self._left.append(_Left(now, data, thru=False))

    def passed(self, data: bytes, now: float) -> None:
        """Take note of a message that thru passes on, just before it leaves."""
        with self._lock:
            self._forget(now)
            self._left.append(_Left(now, data, thru=True))
            self._hold(data)

    def is_echo(self, data: bytes, now: float, source: Hashable = None) -> bool:
        """Tell whether an arrival is our own output; must be asked once for each.

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
            return self._judge(data, now, source)

    def _judge(self, data: bytes, now: float, source: Hashable) -> bool:
        left = self._find(data, now)
        looping = self._looping.get(source, now) > now
        kind, note = data[0] & 0xF0, (data[0] & 0x0F, data[1])
        if kind == NOTE_OFF or (kind == NOTE_ON and data[2] == 0):
            # It follows its note-on, whatever the velocity or the time.
            echo = (source, *note) in self._echoing or (left is not None and looping)
            self._echoing.discard((source, *note))
        elif left is None:
            return False
        else:
            echo = looping or not left.thru or (kind == NOTE_ON and note in self._held)
            if echo and kind == NOTE_ON:
                self._echoing.add((source, *note))
        if echo:
            self._looping[source] = now + REMEMBERED
            if left is not None:
                self._left.remove(left)
        elif left is not None:
            self._probe(now)
        return echo

    def _forget(self, now: float) -> None:
        while self._left and self._left[0].time < now - WINDOW:
            self._left.popleft()

    def _find(self, data: bytes, now: float) -> _Left | None:
        self._forget(now)
        kind, rest = data[0] & 0xF0, data[1:]
        for left in self._left:
            if left.data[0] & 0xF0 == kind and left.data[1:] == rest:
                return left
        return None

    def _hold(self, data: bytes) -> None:
        kind, note = data[0] & 0xF0, (data[0] & 0x0F, data[1])
        if kind == NOTE_ON and data[2] > 0:
            self._held.add(note)
        elif kind in (NOTE_OFF, NOTE_ON):
            self._held.discard(note)

    def _probe(self, now: float) -> None:
        if self._send_probe is not None and now >= self._probed + PROBE_INTERVAL:
            self._probed = now
            self._send_probe(PROBE)
