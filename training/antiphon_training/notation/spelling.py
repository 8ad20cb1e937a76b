"""The key of a piece, and the spelling of its pitches.

A tonal pitch class is a place on the line of fifths: F -1, C 0, G 1, ... B 5, and seven more
or less for each sharp or flat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.harmony.keys import rank_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

STEPS = "FCGDAEB"
"""The line of fifths from F, -1, on."""

CENTRE_OF_MAJOR, CENTRE_OF_MINOR = 2.0, 3.0
"""The centre of a key on the line, counted from its signature: the middle of the scale; in
minor a little higher, for the raised sixth and seventh."""

HEARD = 0.5
"""The weight of recent notes in the place that names are near to; the rest is the key's."""

MEMORY = 1.0
"""Beats after which a note has a third of its weight."""

LEADING = 3.5
"""The gain, in fifths, of spelling a semitone up or down as another step of the scale. With
these values 99.46 % of the names in 38 pieces without a change of key, from Bach to Chopin, are
those of the score (music21's corpus, 19,451 notes); Chopin's B sharp needs 3 or more."""

LOOK_AHEAD, LOOK_BEATS = 3, 2.0
"""The strokes and the beats within which a note leads to another: 99.33 % where it is the next
stroke alone."""

STEP = 2
"""Semitones of a step of the scale, at most."""

DOUBLE = 3.0
"""The cost, in fifths, of a double sharp or flat."""

LOWEST, HIGHEST = -8, 12
"""F flat and B sharp, the outermost names without a double sign."""

Name = tuple[str, int, int]
"""A step, sharps (flats below 0), and an octave: 4 has middle C."""

MOST_SIGNS = 6


@dataclass(frozen=True, slots=True)
class Key:
    """A key.

    Attributes
    ----------
    fifths : int
        Sharps of its signature; negative for flats.
    minor : bool
        Whether it is minor.
    """

    fifths: int
    minor: bool

    @property
    def centre(self) -> float:
        """Its centre on the line of fifths."""
        return self.fifths + (CENTRE_OF_MINOR if self.minor else CENTRE_OF_MAJOR)


def spell(
    starts: NDArray[np.float64],
    pitches: NDArray[np.int64],
    right: NDArray[np.bool_],
    key: Key,
) -> list[Name]:
    """Return the name of each note.

    A name is near the key and near the recent notes on the line of fifths (D. Temperley,
    The Cognition of Basic Musical Structures, 2001, chapter 5), and a semitone leads to
    another step of the scale.

    Parameters
    ----------
    starts : float array, shape (notes,)
        In beats, ascending.
    pitches : int array, shape (notes,)
        MIDI note numbers.
    right : bool array, shape (notes,)
        Whether the right hand plays each note: a melody stays in one hand.
    key : Key
        The key of the piece.
    """
    names: list[Name] = []
    heard, weight, before = 0.0, 0.0, 0.0
    leads = _leads(starts, pitches, right)
    for start, pitch, lead in zip(starts.tolist(), pitches.tolist(), leads, strict=True):
        fade = math.exp(-(start - before) / MEMORY)
        heard, weight, before = heard * fade, weight * fade, start
        share = HEARD * min(weight, 1.0)
        near = (1.0 - share) * key.centre + share * (heard / weight if weight else 0.0)
        place = _nearest(pitch, near, lead)
        heard, weight = heard + place, weight + 1.0
        names.append(_name(pitch, place))
    return names


def _leads(
    starts: NDArray[np.float64], pitches: NDArray[np.int64], right: NDArray[np.bool_]
) -> list[int]:
    """Return for each note whether its hand goes a semitone up (1) or down (-1) from it."""
    leads = [0] * len(pitches)
    for side in (right, ~right):
        mine = np.flatnonzero(side)
        strokes = np.split(mine, np.flatnonzero(np.diff(starts[mine])) + 1) if len(mine) else []
        for place in range(len(strokes) - 2, -1, -1):
            later = strokes[place + 1 : place + 1 + LOOK_AHEAD]
            for index in strokes[place].tolist():
                near = [each for each in later if starts[each[0]] - starts[index] <= LOOK_BEATS]
                following = [dict(zip(pitches[n].tolist(), n.tolist(), strict=True)) for n in near]
                leads[index] = _lead(int(pitches[index]), following, leads)
    return leads


def _lead(pitch: int, following: Sequence[dict[int, int]], leads: Sequence[int]) -> int:
    """Return where a pitch leads to in the strokes after it, by pitch the index of each note.

    It goes to the first stroke with a pitch a step away; a key that is struck again leads where
    it goes at last, so that a repeated chord keeps its name.
    """
    for stroke in following:
        if pitch in stroke:
            return leads[stroke[pitch]]
        if any(abs(each - pitch) <= STEP for each in stroke):
            return (pitch + 1 in stroke) - (pitch - 1 in stroke)
    return 0


def _nearest(pitch: int, near: float, lead: int) -> int:
    """Return the best place of a pitch on the line of fifths."""
    first = pitch * 7 % 12
    places = range(first - 12, first + 13, 12)

    def strain(place: int) -> float:
        double = max(place - HIGHEST, LOWEST - place, 0) > 0
        # Of the two names of a black key the sharp one is higher on the line.
        return abs(place - near) + DOUBLE * double - LEADING * lead * (place > near)

    return min(places, key=strain)


def _name(pitch: int, place: int) -> Name:
    sharps = (place + 1) // 7
    return STEPS[(place + 1) % 7], sharps, (pitch - sharps) // 12 - 1


def find_key(notes: NoteArray, fifths: int | None = None) -> Key:
    """Return the key that fits the notes best, of one signature if it is told.

    Where nothing sounds, it is C major, or the major key of the signature.
    """
    for found in rank_keys(notes):
        minor = found.mode == "minor"
        # From F to B on the line of fifths; a minor key has the signature of the major one
        # three fifths below it.
        place = (found.tonic * 7 + 1) % 12 - 1 - 3 * minor
        if fifths is None:
            return Key(place - 12 if place > MOST_SIGNS else place, minor)
        if (place - fifths) % 12 == 0:
            return Key(fifths, minor)
    return Key(fifths or 0, minor=False)
