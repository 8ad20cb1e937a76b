"""The tonality of notes: their key, its tonic's triad, and how much there is of each tone.

Times are seconds, pitch classes 0 for C to 11.

The profiles say how often each degree of the scale occurs in tonal music: J. Albrecht and
D. Shanahan, The Use of Large Corpora to Train a New Type of Key-Finding Algorithm (2013).
Those of Bellman and Budge know only the harmonic minor scale, and took the natural minor
of songs for other keys: they found the triad of 65 % of plain phrases, these of 88 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

PITCH_CLASSES = 12

MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
"""The share of each degree, from the tonic up in semitones."""

LONGEST = 2.0
"""A note counts for no longer than this: a pedal or a drone is one note."""

HELD = 0.5
"""What a note counts for that still sounds."""

FIRST, LAST = 0.1, 0.05
"""What the first and the last note of a phrase add, as shares of all: they are often tonics."""

CLEAR = 0.5
"""The least correlation with a profile at which a key is heard."""


@dataclass(frozen=True, slots=True)
class Tonality:
    """What notes sound like they are in.

    Attributes
    ----------
    tonic : int
        Pitch class of the key that fits best.
    minor : bool
        Whether that is a minor key.
    clarity : float
        How well it fits: a correlation, -1 to 1.
    shares : float64 array, shape (12,)
        How much of the notes is each pitch class; they add up to 1.
    """

    tonic: int
    minor: bool
    clarity: float
    shares: NDArray[np.float64]

    @property
    def profile(self) -> NDArray[np.float64]:
        """What the shares are in music of this key, shape (12,)."""
        return np.roll(MINOR if self.minor else MAJOR, self.tonic)

    @property
    def triad(self) -> tuple[int, ...]:
        """The pitch classes of the tonic's triad, the tonic first; none where no key is clear."""
        if self.clarity < CLEAR:
            return ()
        third = 3 if self.minor else 4
        return tuple((self.tonic + step) % PITCH_CLASSES for step in (0, third, 7))


def tonality_of(notes: NoteArray, phrase: NoteArray) -> Tonality | None:
    """Return the tonality of notes; None where there are none, or all sound alike.

    Parameters
    ----------
    notes : array of NOTE_DTYPE
        What is in the key. A note counts as the root of its duration: a few long ones do
        not make a key.
    phrase : array of NOTE_DTYPE
        Those of the last phrase.
    """
    if not len(notes) or not len(phrase):
        return None
    sounding = _sounding(notes)
    total = sounding.sum()
    if total == 0.0:
        return None
    shares = sounding / total
    sounding[phrase["pitch"][0] % PITCH_CLASSES] += FIRST * total
    sounding[phrase["pitch"][-1] % PITCH_CLASSES] += LAST * total
    if np.ptp(sounding) == 0.0:
        return None
    fits = np.array([_fits(sounding, MAJOR), _fits(sounding, MINOR)])
    mode, tonic = divmod(int(fits.argmax()), PITCH_CLASSES)
    return Tonality(tonic, mode == 1, float(fits.max()), shares)


def tone_shares(notes: NoteArray) -> NDArray[np.float64]:
    """Return how much of notes is each pitch class, shape (12,); zeros where nothing sounds."""
    sounding = _sounding(notes)
    total = sounding.sum()
    return sounding / total if total > 0.0 else sounding


def weight(duration: float | None) -> float:
    """Return what a note counts for; None is one that still sounds."""
    return math.sqrt(min(HELD if duration is None else duration, LONGEST))


def _sounding(notes: NoteArray) -> NDArray[np.float64]:
    """Return the sum of the weights of each pitch class, shape (12,)."""
    duration = notes["duration"]
    lasting = np.sqrt(np.minimum(np.where(np.isnan(duration), HELD, duration), LONGEST))
    return np.bincount(notes["pitch"] % PITCH_CLASSES, lasting, PITCH_CLASSES).astype(np.float64)


def _fits(sounding: NDArray[np.float64], profile: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the correlation with a profile on each of the twelve tonics."""
    profiles = np.array([np.roll(profile, tonic) for tonic in range(PITCH_CLASSES)])
    fits: NDArray[np.float64] = np.corrcoef(np.vstack([sounding, profiles]))[0, 1:]
    return fits
