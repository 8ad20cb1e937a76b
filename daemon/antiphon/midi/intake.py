"""The one way in for the player's messages, from a port or from a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from antiphon.messages import Heard, HeldNotes, is_channel_message

if TYPE_CHECKING:
    from antiphon.midi.echo import EchoGuard

_log = logging.getLogger(__name__)

Thru = Callable[[bytes], None]
"""Passes a message on to the outlets; runs on the path of a note and must not wait."""

Deliver = Callable[[Heard], None]
"""Takes what was heard, usually the `put` of a `queue.SimpleQueue`; must not wait."""


class Intake:
    """Takes in the messages of one source: drops echoes, passes thru on, then delivers.

    Not thread-safe: each source has its own, used by one thread.

    Parameters
    ----------
    thru, deliver : callable
        See `Thru` and `Deliver`; `thru` gets channel messages only. Their exceptions are
        logged, and the next message is taken in as usual.
    guard : EchoGuard, optional
        Recognises echoes, and remembers what thru passes on.
    port : str, optional
        The port that the messages come from; without one, none of them is an echo.
    """

    def __init__(
        self,
        thru: Thru | None,
        deliver: Deliver,
        guard: EchoGuard | None = None,
        port: str | None = None,
    ) -> None:
        self._thru = thru
        self._deliver = deliver
        self._guard = guard
        self._port = port
        self._held = HeldNotes()

    def take(self, data: bytes, time: float, now: float) -> None:
        """Take one message in.

        Parameters
        ----------
        data : bytes
            The message.
        time : float
            When it was played, in seconds of the monotonic clock.
        now : float
            The time now, which may be later.
        """
        guard = self._guard
        if guard is not None and self._port is not None and guard.is_echo(data, now, self._port):
            return
        heard = Heard.parse(data, time)
        if heard is None:
            return
        try:
            if is_channel_message(data):
                self._pass(data, now)
                self._held.see(data)
            self._deliver(heard)
        except Exception:  # noqa: BLE001 - one message may be lost, not the thread that takes the next
            _log.exception("a message could not be taken in")

    def release(self, now: float) -> None:
        """Let all keys and pedals that are down come up: the source has gone."""
        for data in self._held.releases():
            try:
                self._pass(data, now)
                heard = Heard.parse(data, now)
                if heard is not None:
                    self._deliver(heard)
            except Exception:  # noqa: BLE001 - the others must come up too
                _log.exception("a note could not be released")

    def _pass(self, data: bytes, now: float) -> None:
        """Pass a message on, where thru is wanted."""
        if self._thru is not None:
            if self._guard is not None:
                self._guard.passed(data, now)
            self._thru(data)
