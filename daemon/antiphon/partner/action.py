"""What the partner asks of those who play for it.

Times are seconds of the session's monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from antiphon.music.note import Note


@dataclass(frozen=True, slots=True)
class Play:
    """Play a note at its onset.

    Attributes
    ----------
    identity : int
        Belongs to this note alone, for the whole session.
    note : Note
        Its onset lies ahead, and its duration is known.
    """

    identity: int
    note: Note


@dataclass(frozen=True, slots=True)
class Silence:
    """Drop every note of the partner's that is pending, and release all that sounds.

    Attributes
    ----------
    time : float
        When the player took over. It is to be done at once, whatever it says.
    panic : bool
        Whether somebody asked for silence by name: then what is told to end must
        end even on a device that lost a note-off.
    """

    time: float
    panic: bool = False


Action = Play | Silence
