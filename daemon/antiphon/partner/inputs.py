"""What can be said to the partner: what was heard, and commands.

Each has its time, in seconds of the session's monotonic clock. The inputs in
their order, with the times of the ticks between them, are all that a session
depends on besides its seed, its settings and its instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

from antiphon.messages import Heard


@dataclass(frozen=True, slots=True)
class Change:
    """Change a setting while playing.

    Attributes
    ----------
    time : float
        When it was asked for.
    name : str
        The setting, "section.key", or a name for several, "partner.temperature".
    value : str, float, int or bool
        Its new value, or the text of it.
    """

    time: float
    name: str
    value: str | float | int | bool


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence every device by all means, and wait for the player's next phrase."""

    time: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Release everything for good."""

    time: float


Input = Heard | Change | Panic | Stop
