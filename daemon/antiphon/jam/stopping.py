"""Signals that ask a jam to end.

The handler only counts, and the main thread reads the count many times a second. So a
signal that interrupts code which holds a lock cannot cause a deadlock.
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
    """Counts the signals that asked for the end.

    Attributes
    ----------
    times : int
        How many came.
    """

    def __init__(self) -> None:
        self.times = 0

    @property
    def asked(self) -> bool:
        """Whether any came."""
        return self.times > 0

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Count the signals that would end the process, while the block runs."""
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
