"""The partner's outputs, which the stage carries out in their order.

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
        Without a duration it sounds until an `End` of the same identity.
    """

    identity: int
    note: Note


@dataclass(frozen=True, slots=True)
class End:
    """End a note that was played without a duration.

    Attributes
    ----------
    time : float
        When.
    identity : int
        That of its `Play`.
    """

    time: float
    identity: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the notes that would begin after a time; notes that sound go on.

    Attributes
    ----------
    time : float
        Notes with a later onset are not played.
    """

    time: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Cancel every note that has not begun, and release all that sounds, at once.

    Attributes
    ----------
    time : float
        When the player took over; it may be in the past.
    panic : bool
        Whether silence was asked for by name: then All Notes Off follows the
        note-offs, for devices that missed one.
    """

    time: float
    panic: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Tell a display the state of the partner.

    Attributes
    ----------
    time : float
        When.
    mode : str
        The mode.
    playing : bool
        Whether the partner is playing.
    sentence : str
        What the musician should know; empty where there is nothing to say.
    """

    time: float
    mode: str
    playing: bool
    sentence: str = ""


Output = Play | End | Cancel | Silence | Report
