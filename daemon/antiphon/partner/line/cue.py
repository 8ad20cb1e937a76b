"""The cue: what a line is fitted to, as it was heard. Times are seconds of the session's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from antiphon.partner.line.rules import Rule
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.groove import Groove
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.pulse import pulse_of

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """What was heard before a line begins, besides the notes that the instrument reads.

    Attributes
    ----------
    since : float
        When the player's last phrase began: it tells their tempo and loudness.
    rules : tuple of Rule
        What the notes of this line keep to, besides those of every line.
    beats : Beats or None
        The player's beats; None where they are not known.
    groove : Groove or None
        Where in the beat their notes fall; None where that is not known, or not to be kept to.
    """

    since: float = -math.inf
    rules: tuple[Rule, ...] = ()
    beats: Beats | None = None
    groove: Groove | None = None

    @classmethod
    def heard(cls, notes: NoteArray, strength: float = 1.0) -> Self:
        """Return the cue of notes that are heard all at once.

        Parameters
        ----------
        notes : array of NOTE_DTYPE
            Sorted by onset, in seconds.
        strength : float
            How closely their groove is kept to, from 0 to 1.
        """
        pulse = pulse_of(notes)
        beats = pulse.beats()
        return cls(beats=beats, groove=groove_of(pulse, beats, strength))
