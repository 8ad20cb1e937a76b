"""The partner's own thread: nobody else touches musical state.

Others send it events; it tells the partner, and hands what the partner wants
played to the scheduler. Times are seconds of `time.monotonic()`.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from typing import TYPE_CHECKING

from antiphon.partner.action import Play, Silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.messages import Event
    from antiphon.midi.scheduler import Scheduler
    from antiphon.partner.action import Action
    from antiphon.partner.partner import Partner

_log = logging.getLogger(__name__)

MOST_FAILURES, FAILING = 3, 10.0
"""A partner that failed more often than this, in so many seconds, is given up."""


class Mind:
    """Runs a partner.

    Parameters
    ----------
    partner : Partner
        Belongs to this thread from `start` on.
    scheduler : Scheduler
        Plays what the partner plans.
    channel : int
        The partner's, 0 to 15.
    panic : callable
        Silences every device by all means, after the scheduler was silenced.
    """

    def __init__(
        self,
        partner: Partner,
        scheduler: Scheduler,
        channel: int,
        panic: Callable[[], None],
    ) -> None:
        self._partner = partner
        self._scheduler = scheduler
        self._channel = channel
        self._panic = panic
        self._heard: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._wake: float | None = None
        self._sounds_until = -math.inf
        self._failure: Exception | None = None
        self._failures: list[float] = []
        self._thread = threading.Thread(target=self._run, name="antiphon-partner", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Release everything and end the thread; safe to call twice."""
        self._heard.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def hear(self, event: Event) -> None:
        """Take what the player does; from any thread, never waits."""
        self._heard.put(event)

    @property
    def failure(self) -> Exception | None:
        """What ended the thread early, if anything did: failure after failure."""
        return self._failure

    def quiet(self, now: float) -> bool:
        """Tell whether nothing of the partner's sounds or is to come by itself."""
        return self._heard.empty() and self._wake is None and now >= self._sounds_until

    def _run(self) -> None:
        try:
            while self._failure is None and self._guarded_step():
                pass
        finally:
            # Whatever ended it, what sounds is released.
            self._scheduler.silence()

    def _guarded_step(self) -> bool:
        try:
            return self._step()
        except Exception as error:  # noqa: BLE001 - nobody wants to restart it on stage
            self._recover(error)
            return True

    def _recover(self, error: Exception) -> None:
        """Fall silent and wait for the next phrase; give up where that does not help."""
        self._scheduler.silence()
        now = time.monotonic()
        self._failures = [*(t for t in self._failures if t > now - FAILING), now]
        if len(self._failures) > MOST_FAILURES:
            self._failure = error
            return
        _log.warning("The partner stumbled (%s) and waits for your next phrase.", error)
        _log.debug("the partner failed", exc_info=error)
        self._partner.panic(now)
        self._wake = None

    def _step(self) -> bool:
        """Wait for an event or for the partner's next time, and do what is due."""
        wait = None if self._wake is None else max(self._wake - time.monotonic(), 0.0)
        try:
            event = self._heard.get(timeout=wait)
            while event is not None:
                self._act(self._partner.hear(event))
                event = self._heard.get_nowait()
        except queue.Empty:
            now = time.monotonic()
            self._act(self._partner.tick(now))
            self._wake = self._partner.next_wake()
            return True
        self._act(self._partner.stop(time.monotonic()))
        return False

    def _act(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Play(identity, note):
                    self._scheduler.play(identity, note, self._channel)
                    self._sounds_until = max(self._sounds_until, note.end or note.onset)
                case Silence(panic=panic):
                    self._scheduler.silence()
                    if panic:
                        self._panic()
                    self._sounds_until = -math.inf
