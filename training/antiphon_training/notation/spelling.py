"""Keys, and what a pitch is called in one.

A tonal pitch class is its place on the line of fifths: F -1, C 0, G 1, ... B 5, and
seven more or less for each sharp or flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.harmony.keys import estimate_key

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

STEPS = "FCGDAEB"
"""The line of fifths from F, -1, on."""

LOWEST_IN_MAJOR, LOWEST_IN_MINOR = -4, -3
"""Twelve neighbours on the line name all pitches: from the lowered sixth to the raised
fourth and tonic of a major key; in minor, counted from its relative major, up to the
raised seventh."""

MOST_SIGNS = 6


@dataclass(frozen=True, slots=True)
class Key:
    """A key.

    Attributes
    ----------
    fifths : int
        Sharps of its signature, or flats where below 0.
    minor : bool
        Whether it is minor.
    """

    fifths: int
    minor: bool

    def name(self, pitch: int) -> tuple[str, int, int]:
        """Return a MIDI note's step, sharps (flats below 0) and octave, as it is spelled here."""
        lowest = self.fifths + (LOWEST_IN_MINOR if self.minor else LOWEST_IN_MAJOR)
        place = lowest + (pitch * 7 - lowest) % 12
        sharps = (place + 1) // 7
        return STEPS[(place + 1) % 7], sharps, (pitch - sharps) // 12 - 1


def find_key(notes: NoteArray) -> Key:
    """Return the key that notes fit best; C major where they fit none."""
    found = estimate_key(notes)
    if found is None:
        return Key(0, minor=False)
    minor = found.mode == "minor"
    # From F to B on the line of fifths; a minor key has the signature of the major one
    # that lies three fifths before it.
    fifths = (found.tonic * 7 + 1) % 12 - 1 - 3 * minor
    return Key(fifths - 12 if fifths > MOST_SIGNS else fifths, minor)
