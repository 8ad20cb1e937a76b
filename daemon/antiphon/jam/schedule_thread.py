"""The thread that plays what is due, at absolute times of the monotonic clock."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.stage import Stage

_JOIN_SECONDS = 0.5


class ScheduleThread:
    """Sleeps until a note is due, and lets the stage play it.

    Parameters
    ----------
    stage : Stage
        What is played.
    condition : threading.Condition
        The stage's lock; notified when something is due sooner than before.
    """

    def __init__(self, stage: Stage, condition: threading.Condition) -> None:
        self._stage = stage
        self._condition = condition
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="antiphon-schedule", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Release everything for good and end the thread; safe to call twice."""
        with self._condition:
            self._stopping = True
            self._stage.close(time.monotonic())
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        try:
            with self._condition:
                while not self._stopping:
                    self._stage.play(time.monotonic())
                    deadline = self._stage.next_play()
                    wait = None if deadline is None else max(deadline - time.monotonic(), 0.0)
                    self._condition.wait(wait)
        finally:
            self._stage.release(time.monotonic())
