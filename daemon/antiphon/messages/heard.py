"""One message that was heard, with its bytes, its event and its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from antiphon.messages.events import ClockEvent, Event, parse, parse_clock

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Heard:
    """A whole message that arrived; its bytes were checked once, when it was made.

    Attributes
    ----------
    event : Event or ClockEvent
        The message as a value, with the time at which it was played.
    data : bytes
        The message as it came.
    """

    event: Event | ClockEvent
    data: bytes

    @classmethod
    def parse(cls, data: bytes | Sequence[int], time: float) -> Self | None:
        """Return the message that bytes stand for, or None where they make no event."""
        event = parse(data, time) or parse_clock(data, time)
        return None if event is None else cls(event, bytes(data))

    @property
    def time(self) -> float:
        """When it was played, in seconds of the monotonic clock."""
        return self.event.time
