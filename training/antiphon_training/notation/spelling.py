"""The key of a piece, and the spelling of its pitches.

A tonal pitch class is a place on the line of fifths: F -1, C 0, G 1, ... B 5, and seven more
or less for each sharp or flat.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.harmony.keys import estimate_key

if TYPE_CHECKING:
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
these values 99.5 % of the names in 17 movements of Bach, Haydn, Mozart and Beethoven are
those of the score (music21's corpus, 5,633 notes); Chopin's B sharp needs 3 or more."""

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
        for now, after in itertools.pairwise(strokes):
            following = set(pitches[after].tolist())
            for index in now.tolist():
                pitch = int(pitches[index])
                up, down = pitch + 1 in following, pitch - 1 in following
                leads[index] = up - down
    return leads


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


def find_key(notes: NoteArray) -> Key:
    """Return the key that fits the notes best; C major where none fits."""
    found = estimate_key(notes)
    if found is None:
        return Key(0, minor=False)
    minor = found.mode == "minor"
    # From F to B on the line of fifths; a minor key has the signature of the major one
    # three fifths below it.
    fifths = (found.tonic * 7 + 1) % 12 - 1 - 3 * minor
    return Key(fifths - 12 if fifths > MOST_SIGNS else fifths, minor)
