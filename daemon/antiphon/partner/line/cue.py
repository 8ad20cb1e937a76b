"""The cue: what a line is fitted to, as it was heard. Times are seconds of the session's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from antiphon.music.swing import Swing
from antiphon.partner.line.critic import Critic
from antiphon.partner.line.manner import Manner
from antiphon.partner.line.rules import Rule
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.groove import Groove
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.pulse import pulse_of
from antiphon.partner.listening.settings import GrooveSettings
from antiphon.partner.listening.swinging import swing_of
from antiphon.partner.memory.memory import Memory

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
    gap : float
        The longest gap of the phrase, in seconds: the line may have such gaps too.
    critic : Critic or None
        Chooses among several lines; None where nothing was heard to go by.
    manner : Manner or None
        The phrase's.
    themes : int64 array
        The runs of intervals of its top line: see `antiphon.music.themes`.
    beats : Beats or None
        The player's beats; None where they are not known.
    groove : Groove or None
        Where in the beat their notes fall; None where that is not known, or not to be kept to.
    swing : Swing or None
        How they swing; None where they play straight, or that is not known.
    asked : GrooveSettings
        How their time is to be kept.
    memory : Memory or None
        What the notes of this line may take up.
    """

    since: float = -math.inf
    rules: tuple[Rule, ...] = ()
    gap: float = 0.0
    critic: Critic | None = None
    manner: Manner | None = None
    themes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    beats: Beats | None = None
    groove: Groove | None = None
    swing: Swing | None = None
    asked: GrooveSettings = field(default_factory=GrooveSettings)
    memory: Memory | None = None

    @property
    def word_beats(self) -> Beats | None:
        """The beats on which words lie: those of the swing, which knows fast ones better."""
        if self.beats is None or self.swing is None:
            return self.beats
        return replace(self.beats, period=self.swing.period, anchor=self.swing.anchor)

    @classmethod
    def heard(
        cls, notes: NoteArray, asked: GrooveSettings | None = None, told: Beats | None = None
    ) -> Self:
        """Return the cue of notes that are heard all at once.

        Parameters
        ----------
        notes : array of NOTE_DTYPE
            Sorted by onset, in seconds.
        asked : GrooveSettings, optional
            How their groove is kept to, and whether they swing; as shipped by default.
        told : Beats, optional
            The beats, where a file tells them; otherwise they are heard.
        """
        asked = asked or GrooveSettings()
        pulse = pulse_of(notes)
        beats = told or pulse.beats()
        groove = groove_of(pulse, beats, asked.strength)
        return cls(beats=beats, groove=groove, swing=swing_of(pulse, beats, asked), asked=asked)
