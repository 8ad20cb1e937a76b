"""The thread that plays planned notes at absolute times of the monotonic clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from antiphon.messages.spec import NOTE_ON
from antiphon.midi.note_schedule import NoteSchedule

if TYPE_CHECKING:
    from antiphon.music.note import Note

_log = logging.getLogger(__name__)

_JOIN_SECONDS = 0.5  # it may be our own caller, interrupted by a signal, who holds the lock

OnSent = Callable[[int, bool, float], None]
"""Told (identity, started, time) as a note-on (started) or a note-off has left."""


class Sender(Protocol):
    """What the scheduler needs of an outlet."""

    def send(self, data: bytes) -> None:
        """Send one message, without waiting or raising."""


class PlayedNotes(Protocol):
    """What the scheduler needs of an `EchoGuard`."""

    def played(self, data: bytes, now: float) -> None:
        """Take note of a message that is about to leave."""


class Scheduler:
    """Plays notes when they are due; every method may be called from any thread.

    Whatever is sent is sent under one lock, so that a note-on can never follow
    the silence that should have ended it.

    Parameters
    ----------
    outlet : Sender
        Where messages go.
    on_sent : callable, optional
        Told of each message as it has left; see `OnSent`. It runs inside the
        lock, on the thread of whoever caused it, and must not block: the `put`
        of a `queue.SimpleQueue` is meant.
    guard : EchoGuard, optional
        Told of each message just before it leaves.
    """

    def __init__(
        self,
        outlet: Sender,
        *,
        on_sent: OnSent | None = None,
        guard: PlayedNotes | None = None,
    ) -> None:
        self._outlet = outlet
        self._on_sent = on_sent
        self._guard = guard
        self._schedule = NoteSchedule()
        # The condition's own lock is re-entrant: stop() may run in a signal
        # handler on a thread that is inside play().
        self._condition = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="antiphon-scheduler", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def play(self, identity: int, note: Note, channel: int = 0) -> None:
        """Plan a note at its onset; ignored after `stop`.

        Raises
        ------
        ValueError
            The note has no duration, or the channel does not exist.
        """
        with self._condition:
            if self._stopping:
                return
            before = self._schedule.next_deadline()
            self._schedule.play(identity, note, channel)
            if before is None or note.onset < before:
                self._condition.notify()

    def silence(self) -> None:
        """Drop all that is pending and release all that sounds, before returning."""
        with self._condition:
            self._send(self._schedule.release())

    def stop(self) -> None:
        """Silence for good and end the thread; safe to call twice and in a signal handler."""
        with self._condition:
            self._stopping = True
            self._send(self._schedule.release())
            self._condition.notify()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        try:
            with self._condition:
                while not self._stopping:
                    self._send(self._schedule.due(time.monotonic()))
                    deadline = self._schedule.next_deadline()
                    wait = None if deadline is None else max(deadline - time.monotonic(), 0.0)
                    self._condition.wait(wait)
        finally:
            self.silence()

    def _send(self, messages: list[tuple[int, bytes]]) -> None:
        for identity, data in messages:
            now = time.monotonic()
            try:
                if self._guard is not None:
                    self._guard.played(data, now)
                self._outlet.send(data)
                if self._on_sent is not None:
                    self._on_sent(identity, data[0] & 0xF0 == NOTE_ON, now)
            except Exception:  # noqa: BLE001 - the rest must still leave, note-offs above all
                _log.exception("a message could not be played")
