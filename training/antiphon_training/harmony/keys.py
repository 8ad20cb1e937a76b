"""The key of a piece: how often its pitch classes sound, how it begins and how it ends.

How long each pitch class sounds is correlated with how often each degree of a key occurs
(C. L. Krumhansl, Cognitive Foundations of Musical Pitch, 1990), with the profiles that the
live side hears keys by. A piece leaves its key and comes back to it, so its beginning counts
as much as the whole; and the share of the notes in a key's scale keeps the dominant, whose
profile differs in one degree only, from passing for the tonic. `benchmarks/keys.py` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from antiphon.music.tonality import MAJOR, MINOR, PITCH_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

Mode = Literal["major", "minor"]

TONICS: dict[Mode, tuple[str, ...]] = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}
"""The spelling of tonics by pitch class: the one with fewer accidentals in the signature."""

SCALES: dict[Mode, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
}
"""The degrees that a key's signature allows, from the tonic up in semitones."""

LONGEST = 2.0
"""A note counts for no longer than this, in the notes' unit: a pedal keeps notes."""

EDGE = 8.0
"""How long the beginning and the ending are, in the notes' unit."""

ENDS_ALIKE = 0.25
"""The weight of the ending's correlation; those of the whole and of the beginning have 1
each, and so have their shares in the scale."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a piece may be in.

    Attributes
    ----------
    tonic : int
        Pitch class, 0 for C.
    mode : {"major", "minor"}
        The mode.
    fit : float
        How well it fits the music, among the keys of one piece.
    """

    tonic: int
    mode: Mode
    fit: float

    @property
    def name(self) -> str:
        """Its name: "Eb major"."""
        return f"{TONICS[self.mode][self.tonic]} {self.mode}"

    @property
    def triad(self) -> tuple[int, int, int]:
        """The pitch classes of the tonic's triad."""
        return triad(self.tonic, self.mode)


def triad(tonic: int, mode: Mode) -> tuple[int, int, int]:
    """Return the pitch classes of a tonic's triad: tonic, third, fifth."""
    third = 4 if mode == "major" else 3
    return tonic, (tonic + third) % PITCH_CLASSES, (tonic + 7) % PITCH_CLASSES


def estimate_key(notes: NoteArray) -> Key | None:
    """Return the key that fits a piece best; None where nothing sounds.

    Parameters
    ----------
    notes : array of NOTE_DTYPE, shape (notes,)
        In seconds or beats; notes that are still held do not count.
    """
    keys = rank_keys(notes)
    return keys[0] if keys else None


def rank_keys(notes: NoteArray) -> list[Key]:
    """Return all 24 keys, the best first; an empty list where nothing sounds."""
    notes = notes[~np.isnan(notes["duration"])]
    whole = _sounding(notes)
    if np.ptp(whole) == 0.0:
        return []
    onsets = notes["onset"]
    beginning = _sounding(notes[onsets < onsets.min() + EDGE])
    ending = notes[onsets > onsets.max() - EDGE]
    fits = _fits(whole) + _fits(beginning) + _in_scale(whole) + _in_scale(beginning)
    fits += ENDS_ALIKE * _fits(_sounding(ending))
    keys = [
        Key(tonic, mode, float(fit))
        for mode, row in zip(TONICS, fits, strict=True)
        for tonic, fit in enumerate(row)
    ]
    return sorted(keys, key=lambda key: -key.fit)


def _sounding(notes: NoteArray) -> NDArray[np.float64]:
    """Return how much each pitch class sounds, shape (12,): long notes count for less."""
    degrees = notes["pitch"] % PITCH_CLASSES
    return np.bincount(degrees, weigh(notes), PITCH_CLASSES).astype(np.float64)


def weigh(notes: NoteArray) -> NDArray[np.float64]:
    """Return what each note counts for, shape (notes,): the root of its duration."""
    weights: NDArray[np.float64] = np.sqrt(np.minimum(notes["duration"], LONGEST))
    return weights


def _fits(sounding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation with the profile of each key, shape (2, 12); 0 where all are even."""
    if np.ptp(sounding) == 0.0:
        return np.zeros((2, PITCH_CLASSES))
    fits = np.corrcoef(np.vstack([sounding, *_on_all_tonics(MAJOR), *_on_all_tonics(MINOR)]))
    return np.asarray(fits[0, 1:].reshape(2, PITCH_CLASSES))


def _in_scale(sounding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of what sounds that is in the scale of each key, shape (2, 12)."""
    scales = [_on_all_tonics(np.isin(range(PITCH_CLASSES), SCALES[mode])) for mode in TONICS]
    shares: NDArray[np.float64] = np.array(scales) @ sounding / max(sounding.sum(), 1e-9)
    return shares


def _on_all_tonics(degrees: Sequence[float] | NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return a profile on each of the twelve tonics, shape (12, 12)."""
    rows = [np.roll(degrees, tonic) for tonic in range(PITCH_CLASSES)]
    return np.array(rows, dtype=np.float64)
