"""The queue from the path of a note to the display: it drops messages and never waits.

Times are seconds of `time.monotonic()`.
"""

from __future__ import annotations

import enum
from collections import deque
from typing import TYPE_CHECKING, Protocol

from antiphon.messages import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.messages import Event

MOST_WAITING = 8192
"""Messages in the queue at most; the oldest are dropped."""

SLOW = 0.5
"""Seconds between two calls of `draw` while nothing moves."""


class Side(enum.IntEnum):
    """Who plays; larger is drawn over smaller."""

    PARTNER = 0
    PLAYER = 1


class Display(Protocol):
    """Shows what both play.

    `player`, `partner` and `status` may be called from any thread, also after
    `close`; they append to a queue and return. `draw` and `close` belong to the
    main thread.
    """

    def player(self, data: bytes, time: float) -> None:
        """Take one message that the player sent."""
        ...

    def partner(self, data: bytes, time: float) -> None:
        """Take one message that the partner sent."""
        ...

    def status(self, text: str) -> None:
        """Show one line about the jam."""
        ...

    def draw(self, now: float) -> float:
        """Show what is new; return in how many seconds to call this again.

        An earlier call costs little: it draws only if something has changed.
        """
        ...

    def close(self) -> None:
        """Draw the last frame and restore the terminal; safe to call twice."""
        ...


class Feed:
    """The queues of a display: messages of both sides, and status lines."""

    def __init__(self) -> None:
        self._messages: deque[tuple[Side, bytes, float]] = deque(maxlen=MOST_WAITING)
        self._texts: deque[str] = deque(maxlen=16)

    def player(self, data: bytes, time: float) -> None:
        """Queue one message of the player's; from any thread."""
        self._messages.append((Side.PLAYER, data, time))

    def partner(self, data: bytes, time: float) -> None:
        """Queue one message of the partner's; from any thread."""
        self._messages.append((Side.PARTNER, data, time))

    def status(self, text: str) -> None:
        """Queue a line about the jam; from any thread."""
        self._texts.append(text)

    @property
    def waiting(self) -> bool:
        """Whether anything is in the queues."""
        return bool(self._messages or self._texts)

    def events(self) -> Iterator[tuple[Side, Event]]:
        """Take the events out of the queue, in the order in which they came."""
        for _ in range(len(self._messages)):
            side, data, time = self._messages.popleft()
            event = parse(data, time)
            if event is not None:
                yield side, event

    def texts(self) -> Iterator[str]:
        """Take the status lines out of the queue."""
        for _ in range(len(self._texts)):
            yield self._texts.popleft()


class NoDisplay:
    """Shows nothing."""

    def player(self, data: bytes, time: float) -> None:
        """Ignore the message."""

    def partner(self, data: bytes, time: float) -> None:
        """Ignore the message."""

    def status(self, text: str) -> None:
        """Ignore the line."""

    def draw(self, now: float) -> float:
        """Draw nothing."""
        return SLOW

    def close(self) -> None:
        """Do nothing."""
