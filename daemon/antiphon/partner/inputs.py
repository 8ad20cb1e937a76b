"""The partner's inputs: what was heard, and commands.

Each has its time, in seconds of the session's monotonic clock. A session depends on the
order of its inputs, on the times of the ticks between them, on its seed, its settings and
its instrument, and on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    """Silence every device, and wait for the player's next phrase."""

    time: float


Forgotten = Literal["phrase", "all"]
"""What of the memory is forgotten: the player's last phrase and its answer, or everything."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget notes that are remembered; what is played goes on.

    Attributes
    ----------
    time : float
        When it was asked for.
    what : {"phrase", "all"}
        See `Forgotten`.
    """

    time: float
    what: Forgotten


@dataclass(frozen=True, slots=True)
class Stop:
    """Release everything for good."""

    time: float


Input = Heard | Change | Panic | Forget | Stop
