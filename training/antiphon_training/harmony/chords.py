"""Names of chords, by music21.

A chord is given by its pitches, MIDI numbers. Its name is that of its pitch classes; only
the symbol says which of them is in the bass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.music.chords import first_notes
from antiphon.music.pitch_sets import PITCH_CLASSES, normal_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antiphon.music.note import NoteArray

FEWEST_CLASSES = 3
"""Two pitch classes are an interval, three or more are a chord."""

NO_SYMBOL = "Chord Symbol Cannot Be Identified"
MIDDLE_C = 60
PLAIN = {"Cb": "B", "Fb": "E", "E#": "F", "B#": "C"}
RARE_SPELLING = re.compile("|".join(PLAIN))


@dataclass(frozen=True, slots=True)
class SoundedChord:
    """A chord in a piece.

    Attributes
    ----------
    onset : float
        Onset of its first note, in the unit of the notes.
    pitches : tuple of int
        MIDI note numbers, ascending.
    name : str
        The result of `chord_name`.
    """

    onset: float
    pitches: tuple[int, ...]
    name: str


def chord_name(pitches: Iterable[int]) -> str:
    """Return a chord's name: "C-major triad", "B-diminished seventh chord".

    Raises
    ------
    ValueError
        There is no pitch.
    """
    order = normal_order(pitches)
    if not order:
        raise ValueError("a chord has at least one pitch")
    close = _chord(MIDDLE_C + order[0] + (pitch - order[0]) % PITCH_CLASSES for pitch in order)
    return _plain(str(close.pitchedCommonName))


def chord_symbol(pitches: Iterable[int]) -> str | None:
    """Return the symbol of a lead sheet: "C/E", "Cm7"; None where there is none."""
    from music21 import harmony

    found = sorted(set(pitches))
    if len({pitch % PITCH_CLASSES for pitch in found}) < FEWEST_CLASSES:
        return None
    figure = str(harmony.chordSymbolFromChord(_chord(found)).figure).replace("-", "b")
    return None if figure == NO_SYMBOL else _plain(figure)


def chords_of(notes: NoteArray, span: float) -> list[SoundedChord]:
    """Return the chords of a piece: at least three pitch classes that begin together.

    Parameters
    ----------
    notes : array of NOTE_DTYPE, shape (notes,)
        Sorted by onset.
    span : float
        Notes that begin less than this after the first are one chord; in the unit
        of the notes (the symbols codec has 0.04 s, or a sixteenth of a beat).
    """
    names: dict[tuple[int, ...], str] = {}
    chords = []
    firsts = first_notes(notes["onset"], span)
    for group in np.split(notes, firsts[1:]):
        pitches = tuple(sorted(set(group["pitch"].tolist())))
        classes = tuple(sorted({pitch % PITCH_CLASSES for pitch in pitches}))
        if len(classes) < FEWEST_CLASSES:
            continue
        if classes not in names:
            names[classes] = chord_name(classes)
        chords.append(SoundedChord(float(group["onset"][0]), pitches, names[classes]))
    return chords


def _plain(name: str) -> str:
    return RARE_SPELLING.sub(lambda rare: PLAIN[rare[0]], name)


def _chord(pitches: Iterable[int]) -> Any:
    from music21 import chord

    return chord.Chord(list(pitches))
