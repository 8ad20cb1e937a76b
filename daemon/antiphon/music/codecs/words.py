"""Words for what begins together: a pitch's name, or a chord's normal order.

A word is "C4" for a single pitch and "0.4.7" for a chord (several pitches; an octave
has one pitch class, and is "0"). Where lengths count, it is followed by how many
beats pass until the next word begins: "C4:0.5".

Inside, a word is a key, an int: its sound times the number of lengths, plus the index
of its length. The sound of a single pitch is its MIDI number; that of a chord is
`FIRST_CHORD` plus a bit mask of its pitch classes, C lowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN_BEATS, first_notes
from antiphon.music.pitch_sets import (
    PITCH_CLASSES,
    PITCHES,
    name_pitch,
    normal_order,
    pitch_name,
)
from antiphon.music.swing import Swing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

FIRST_CHORD = PITCHES
SOUNDS = FIRST_CHORD + (1 << PITCH_CLASSES)
CHORD_ROOT = 48
"""The C, MIDI number, from which a chord's lowest pitch is counted."""


def sounds(pitch: NDArray[np.uint8], firsts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the sound of each word; there must be one."""
    low = np.minimum.reduceat(pitch, firsts).astype(np.int64)
    high = np.maximum.reduceat(pitch, firsts)
    masks = np.bitwise_or.reduceat(1 << (pitch.astype(np.int64) % PITCH_CLASSES), firsts)
    return np.where(low == high, low, FIRST_CHORD + masks)


def transposed_sounds(sound: NDArray[np.int64], semitones: int) -> NDArray[np.int64]:
    """Return sounds as many semitones higher; one that leaves the keyboard is -1.

    Chords have no octave, so they are never off the keyboard.
    """
    pitch = sound + semitones
    turn = semitones % PITCH_CLASSES
    mask = np.maximum(sound - FIRST_CHORD, 0)
    mask = ((mask << turn) | (mask >> (PITCH_CLASSES - turn))) & ((1 << PITCH_CLASSES) - 1)
    moved = np.where((pitch >= 0) & (pitch < FIRST_CHORD), pitch, -1)
    return np.where(sound < FIRST_CHORD, moved, FIRST_CHORD + mask)


@cache
def sound_pitches(sound: int) -> tuple[int, ...]:
    """Return the pitches of a sound, ascending.

    A chord is built from its first pitch class in the octave above `CHORD_ROOT`; one
    pitch class alone is an octave, since that is how it is written.
    """
    if sound < FIRST_CHORD:
        return (sound,)
    order = sound_classes(sound)
    lowest = CHORD_ROOT + order[0]
    if len(order) == 1:
        return (lowest, lowest + PITCH_CLASSES)
    return tuple(lowest + (pitch - order[0]) % PITCH_CLASSES for pitch in order)


@cache
def sound_classes(sound: int) -> tuple[int, ...]:
    """Return the pitch classes of a sound, in normal order."""
    if sound < FIRST_CHORD:
        return (sound % PITCH_CLASSES,)
    return normal_order(p for p in range(PITCH_CLASSES) if (sound - FIRST_CHORD) >> p & 1)


@cache
def sound_name(sound: int) -> str:
    """Return the name of a sound: of its pitch, or its normal order joined by dots."""
    if sound < FIRST_CHORD:
        return pitch_name(sound)
    return ".".join(str(pitch) for pitch in sound_classes(sound))


def name_sound(name: str) -> int:
    """Return the sound of a name that `sound_name` gives.

    Raises
    ------
    ValueError
        No sound is called so.
    """
    if not name[:1].isdigit():
        return name_pitch(name)
    parts = name.split(".")
    if all(part.isdecimal() and int(part) < PITCH_CLASSES for part in parts):
        sound = FIRST_CHORD + sum(1 << pitch for pitch in {int(part) for part in parts})
        if sound_name(sound) == name:
            return sound
    raise ValueError(f"{name!r} is not the normal order of a chord")


@dataclass(frozen=True, slots=True)
class Metre:
    """How words lie in time; all in beats.

    Attributes
    ----------
    step : float
        How long every word lasts where lengths do not count, and the last one of a
        piece where it is still held.
    lengths : tuple of float
        The lengths to which a word's is rounded, ascending; empty where they do not count.
    chord_span : float
        Notes that begin less than this after a word's first belong to it. Half of the
        shortest length where that is less, so that what is decoded reads the same.
    swings : bool
        Whether swung notes are read as plain ones.

    Raises
    ------
    ValueError
        A length is not above 0, or the lengths do not ascend.
    """

    step: float = 0.5
    lengths: tuple[float, ...] = ()
    chord_span: float = CHORD_SPAN_BEATS
    swings: bool = True

    def __post_init__(self) -> None:
        """Refuse lengths that no word can have."""
        if not (0 < self.step < np.inf and 0 < self.chord_span < np.inf):
            raise ValueError("a word's step and the span of a chord must be above 0 beats")
        if not all(0 < length < np.inf for length in self.lengths):
            raise ValueError("a word's lengths must be above 0 beats")
        names = length_names(self.lengths)
        if len(names) < len(self.lengths) or sorted(self.lengths) != [*self.lengths]:
            raise ValueError("a word's lengths must ascend, and differ")

    @property
    def beats(self) -> tuple[float, ...]:
        """How many beats a word lasts, by the index of its length."""
        return self.lengths or (self.step,)

    def keys(
        self,
        notes: NoteArray,
        beat: float = 1.0,
        span: float | None = None,
        swing: Swing | None = None,
    ) -> NDArray[np.int64]:
        """Return the keys of sorted notes.

        Parameters
        ----------
        notes : NoteArray
            Sorted by onset.
        beat : float
            How long a beat is in the unit of the notes.
        span : float, optional
            The span of a chord in the unit of the notes.
        swing : Swing, optional
            How notes are swung, in the unit of the notes: they are read as plain ones.
        """
        if len(notes) == 0:
            return np.empty(0, dtype=np.int64)
        firsts = self.firsts(notes, beat, span)
        heard = sounds(notes["pitch"], firsts)
        if not self.lengths:
            return heard
        moments = np.append(notes["onset"][firsts], self._end(notes[firsts[-1] :], beat))
        gaps = np.diff(moments if swing is None else swing.straight(moments)) / beat
        lengths = np.array(self.lengths)
        nearest = np.searchsorted((lengths[1:] + lengths[:-1]) / 2, gaps, side="left")
        return heard * len(lengths) + nearest

    def firsts(
        self, notes: NoteArray, beat: float = 1.0, span: float | None = None
    ) -> NDArray[np.intp]:
        """Return the first note of the word of each key; see `keys`."""
        span = self.chord_span * beat if span is None else span
        return first_notes(notes["onset"], min(span, 0.5 * beat * self.beats[0]))

    def swing(self, notes: NoteArray) -> Swing | None:
        """Return the swing that sorted notes tell, in beats; None where it does not count."""
        if not (self.lengths and self.swings):
            return None
        return Swing.told(notes["onset"][first_notes(notes["onset"], self.chord_span)])

    def _end(self, last: NoteArray, beat: float) -> float:
        """Return when the last word of a piece ends: with its notes."""
        ends = last["onset"] + last["duration"]
        released = ends[~np.isnan(ends)]
        return float(released.max() if len(released) else last["onset"][0] + self.step * beat)

    def word(self, key: int) -> str:
        """Return the word of a key."""
        sound, length = divmod(key, len(self.beats))
        name = sound_name(sound)
        return f"{name}:{[*length_names(self.lengths)][length]}" if self.lengths else name

    def key(self, word: str) -> int:
        """Return the key of a word.

        Raises
        ------
        ValueError
            It is no word, or of another length than the lengths.
        """
        if not self.lengths:
            return name_sound(word)
        name, _, length = word.partition(":")
        names = length_names(self.lengths)
        if length not in names:
            raise ValueError(f"{word!r} has none of the lengths {', '.join(names)}")
        return name_sound(name) * len(names) + names[length]


@cache
def length_names(lengths: tuple[float, ...]) -> dict[str, int]:
    """Return the index of each length by its name."""
    return {f"{length:.6g}": index for index, length in enumerate(lengths)}
