"""Play a file as the player's part in real time, the way a keyboard would."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from antiphon.midi.intake import Deliver, Intake, Thru

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antiphon.midi.echo import EchoGuard


class FilePlayer:
    """Feeds messages in at their times, through the same intake as a port.

    Each message is due at an absolute time of the monotonic clock, counted from
    `start`, so that lateness never adds up.

    Parameters
    ----------
    messages : iterable of (float, bytes)
        Seconds from the beginning, and a channel message, in time order.
    thru, deliver : callable
        See `Intake`; both run on the player's thread.
    guard : EchoGuard, optional
        Remembers what thru passes on.
    """

    def __init__(
        self,
        messages: Iterable[tuple[float, bytes]],
        *,
        thru: Thru | None,
        deliver: Deliver,
        guard: EchoGuard | None = None,
    ) -> None:
        self._messages = tuple(messages)
        self._intake = Intake(thru, deliver, guard)
        self._stopping = threading.Event()
        self._feeding = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="antiphon-file", daemon=True)
        self.ended = threading.Event()
        """Set when the thread has nothing more to feed, at the end or after `stop`."""

    def start(self) -> None:
        """Start the thread; the first message is due at its own time from now."""
        self._thread.start()

    def stop(self) -> None:
        """End early and release what is held; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def cut(self) -> None:
        """End early; what is held is released on return, but the thread may still end later."""
        with self._feeding:  # locked only while one message is delivered, which never waits
            self._stopping.set()
            self._intake.release(time.monotonic())

    def _run(self) -> None:
        start = time.monotonic()
        try:
            for seconds, data in self._messages:
                due = start + seconds
                if self._stopping.wait(max(due - time.monotonic(), 0.0)):
                    break
                with self._feeding:
                    if not self._stopping.is_set():
                        self._intake.take(data, due, time.monotonic())
        finally:
            self.cut()
            self.ended.set()
