"""The parts of a jam, started in order and stopped in the reverse order."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger(__name__)


def nothing() -> None:
    """Do nothing; the default `start` and `stop` of a part."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that runs during a jam.

    Attributes
    ----------
    name : str
        Its name in the log.
    start : callable
        Starts it; no thread of it runs before.
    stop : callable
        Stops it and releases what it holds; safe to call twice, and called only
        after `start`.
    """

    name: str
    start: Callable[[], object] = nothing
    stop: Callable[[], object] = nothing


class Parts:
    """Starts and stops parts.

    Parameters
    ----------
    parts : iterable of Part
        In the order in which they start.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = tuple(parts)
        self._running: list[Part] = []

    def start(self) -> None:
        """Start all, in order.

        Raises
        ------
        Exception
            A part cannot start; the parts before it run until `stop`.
        """
        for part in self._parts:
            _log.debug("starting %s", part.name)
            self._running.append(part)
            part.start()

    def stop(self) -> None:
        """Stop the parts that run, the last first, even if some raise; safe to call twice."""
        while self._running:
            part = self._running.pop()
            _log.debug("stopping %s", part.name)
            try:
                part.stop()
            except Exception:  # noqa: BLE001 - the others must stop too
                _log.exception("%s could not be stopped", part.name)
