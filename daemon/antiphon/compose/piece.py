"""A composition, as the writers receive it. Times are seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.files.captions import Caption
from antiphon.music.files.hands import LEFT, RIGHT, UNTOLD
from antiphon.music.files.notated import Notated
from antiphon.music.note import NoteArray, note_order, sort_notes
from antiphon.music.pedal import ControlArray, no_controls

if TYPE_CHECKING:
    from antiphon.music.chord_symbols import ChordSymbol
    from antiphon.music.files.writing import Part

    Chords = tuple[tuple[float, ChordSymbol], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A beginning and what was added to it.

    Attributes
    ----------
    title : str
        The title of a score.
    given, added : array of NOTE_DTYPE
        Sorted by onset; every note has an end. The beginning may be empty.
    programs : tuple of int
        The sounds of both, General MIDI programs, 0 to 127.
    channels : tuple of int
        Their channels, 0 to 15.
    gain : float
        How loud it is rendered, 0 to 10.
    notated : Notated
        What is told of the notation; its hands are those of the beginning.
    pedals : tuple of (float, float)
        When the sustain pedal goes down and up, in seconds, where a score is to mark it.
    controls : array of CONTROL_DTYPE
        The pedals of the beginning, in order of time.
    caption : Caption
        Composer, copyright and other texts, and the title of a MIDI file.
    chords : tuple of (float, ChordSymbol), or None
        The chord symbols of a score, and when each begins, in seconds; empty where they
        are to be found in the notes. None for a score without any.
    """

    title: str
    given: NoteArray
    added: NoteArray
    programs: tuple[int, int] = (0, 0)
    channels: tuple[int, int] = (0, 1)
    gain: float = 3.0
    notated: Notated = field(default_factory=Notated)
    pedals: tuple[tuple[float, float], ...] = ()
    controls: ControlArray = field(default_factory=no_controls)
    caption: Caption = field(default_factory=Caption)
    chords: Chords | None = None

    @property
    def notes(self) -> NoteArray:
        """All notes, sorted by onset, then pitch."""
        return sort_notes(np.concatenate([self.given, self.added]))

    @property
    def told(self) -> Notated:
        """What is told of the notation of `notes`."""
        until = float(self.added["onset"].min(initial=math.inf)) if len(self.given) else math.inf
        told = replace(self.notated, given_until=until)
        if told.hands is None:
            return told
        hands = np.concatenate([told.hands, np.full(len(self.added), UNTOLD, np.int8)])
        order = note_order(np.concatenate([self.given, self.added]))
        return replace(told, hands=hands[order])

    @property
    def parts(self) -> list[Part]:
        """Both sides as parts of a MIDI file; a side without notes is left out."""
        from antiphon.music.files.writing import Part

        given, added = zip(self.programs, self.channels, strict=True)
        hands = self.notated.hands
        sides = [("Player", given, self.given)]
        if hands is not None:
            sides = [
                (name, given, self.given[hands == hand])
                for name, hand in (("Player, right hand", RIGHT), ("Player, left hand", LEFT),
                                   ("Player", UNTOLD))
            ]  # fmt: skip
        sides.append(("Antiphon", added, self.added))
        parts = [Part(name, *sound, notes) for name, sound, notes in sides if len(notes)]
        if len(self.controls) and len(self.given):  # one for all hands, which share a channel
            parts[0] = parts[0]._replace(controls=self.controls)
        return parts
