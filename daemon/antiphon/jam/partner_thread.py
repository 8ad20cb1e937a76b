"""The partner's thread, the only one that touches musical state.

Other threads put inputs into its queue. It gives each to the stage, and wakes the
partner at the time that the partner asked for. Times are seconds of `time.monotonic()`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.partner.inputs import Input
    from antiphon.stage import Stage

_log = logging.getLogger(__name__)

MOST_FAILURES, FAILING = 3, 10.0
"""After more failures than this within so many seconds the jam ends."""


class PartnerThread:
    """Steps the partner's side of a stage.

    Parameters
    ----------
    stage : Stage
        Its partner belongs to this thread from `start` on.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._heard: queue.SimpleQueue[Input | None] = queue.SimpleQueue()
        self._wake: float | None = None
        self._failure: Exception | None = None
        self._failures: list[float] = []
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="antiphon-partner", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Release everything and end the thread; safe to call twice."""
        self._heard.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def hear(self, given: Input) -> None:
        """Queue what was heard or commanded; from any thread, never waits."""
        self._heard.put(given)

    @property
    def failure(self) -> Exception | None:
        """The exception that ended the thread after too many failures, or None."""
        return self._failure

    @property
    def idle(self) -> bool:
        """Whether nothing will happen until something is heard."""
        return self._heard.empty() and self._wake is None and self._stage.next_play() is None

    def _run(self) -> None:
        try:
            while self._failure is None and self._guarded_step():
                pass
        finally:
            # What sounds is released, whatever ended the thread.
            self._stage.release(time.monotonic())

    def _guarded_step(self) -> bool:
        try:
            return self._step()
        except Exception as error:  # noqa: BLE001 - a musician on stage cannot restart the jam
            self._recover(error)
            return not self._ending

    def _recover(self, error: Exception) -> None:
        """Fall silent and wait for the next phrase; give up after too many failures."""
        now = time.monotonic()
        self._failures = [*(t for t in self._failures if t > now - FAILING), now]
        if len(self._failures) > MOST_FAILURES:
            self._stage.release(now)
            self._failure = error
            return
        _log.warning("The partner failed (%s) and waits for your next phrase.", error)
        _log.debug("the partner failed", exc_info=error)
        self._wake = None
        try:
            self._stage.recover(now)
        except Exception as worse:  # noqa: BLE001 - it counts as another failure
            self._recover(worse)

    def _step(self) -> bool:
        """Wait for an input or for the partner's next wake, and step the stage once."""
        wait = None if self._wake is None else max(self._wake - time.monotonic(), 0.0)
        try:
            given = self._heard.get(timeout=wait)
        except queue.Empty:
            self._stage.tick(time.monotonic())
            self._wake = self._stage.next_wake()
            return True
        if given is not None:
            self._stage.take(given, time.monotonic())
            self._wake = self._stage.next_wake()
            return True
        self._ending = True
        self._stage.stop(time.monotonic())
        return False
