"""A file that is written again and again, on a disk that may be full for a while."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


class Retrying:
    """Writes; where the disk takes nothing, says so once, and tries again some time later.

    Parameters
    ----------
    what : str
        The file, as the subject of a sentence.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._paused_until: float | None = None

    def attempt(self, write: Callable[[], None], after: float) -> bool:
        """Write, unless the disk failed a moment ago; return whether it was written.

        Parameters
        ----------
        write : callable
            Raises OSError where it cannot.
        after : float
            Seconds until it may be tried again.
        """
        if time.monotonic() < (self._paused_until or 0.0):
            return False
        try:
            write()
        except OSError as error:
            if self._paused_until is None:
                _log.warning(
                    "%s cannot be written (%s): make room on the disk; until then it is "
                    "kept in memory and the music goes on.",
                    self._what,
                    error.strerror or error,
                )
            self._paused_until = time.monotonic() + after
            return False
        if self._paused_until is not None:
            _log.warning("%s is written again, nothing of it is lost.", self._what)
        self._paused_until = None
        return True
