"""When a jam has to end: signals, and the time that it was given.

A handler only sets a flag, which the main thread looks at many times a second:
whatever it interrupts, nothing can wait for itself.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# SIGHUP: the terminal was closed.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class StopRequest:
    """Counts how often somebody asked for the end.

    Attributes
    ----------
    times : int
        How often somebody did.
    """

    def __init__(self) -> None:
        self.times = 0

    @property
    def asked(self) -> bool:
        """Whether somebody did."""
        return self.times > 0

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Take the signals that end a process as requests, for as long as it lasts."""
        kinds = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        before = [(kind, signal.signal(kind, self._ask)) for kind in kinds]
        try:
            yield
        finally:
            for kind, handler in before:
                signal.signal(kind, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.times += 1
