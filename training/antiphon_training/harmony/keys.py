"""The key of a piece, after Krumhansl and Schmuckler, with music21's key profiles.

How long each pitch class sounds is correlated with how well it fits each of the 24
keys (C. L. Krumhansl, Cognitive Foundations of Musical Pitch, 1990). The result is
the same as music21's; summing an array instead of a stream of objects takes a hundredth of
the time, so the keys of a whole corpus can be estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

Mode = Literal["major", "minor"]

PITCH_CLASSES = 12
TONICS: dict[Mode, tuple[str, ...]] = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}
"""The spelling of tonics by pitch class: the one with fewer accidentals in the signature."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a piece may be in.

    Attributes
    ----------
    tonic : int
        Pitch class, 0 for C.
    mode : {"major", "minor"}
        The mode.
    correlation : float
        Correlation of the music with its profile, -1 to 1.
    """

    tonic: int
    mode: Mode
    correlation: float

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
    lasting = np.nan_to_num(notes["duration"])
    sounding = np.bincount(notes["pitch"] % PITCH_CLASSES, weights=lasting, minlength=PITCH_CLASSES)
    if not sounding.any() or np.ptp(sounding) == 0.0:
        return []
    names, profiles = _profiles()
    fits = np.corrcoef(np.vstack([sounding, profiles]))[0, 1:]
    keys = [Key(*name, float(fit)) for name, fit in zip(names, fits, strict=True)]
    return sorted(keys, key=lambda key: -key.correlation)


def _profiles() -> tuple[list[tuple[int, Mode]], NDArray[np.float64]]:
    """Return the 24 keys, and the profile of each, (24, 12)."""
    from music21 import analysis

    methods: Any = analysis.discrete
    analyst = methods.KrumhanslSchmuckler()
    names: list[tuple[int, Mode]] = []
    rows = []
    for mode in TONICS:
        profile = np.array(analyst.getWeights(mode))
        for tonic in range(PITCH_CLASSES):
            names.append((tonic, mode))
            rows.append(np.roll(profile, tonic))
    return names, np.array(rows)
