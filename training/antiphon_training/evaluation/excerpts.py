"""Excerpts: the beginning of a piece, cut in two. Times are seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from antiphon.music.note import NoteArray
from antiphon_training.evaluation.beat_grid import BeatGrid

FEWEST_NOTES = 8
"""Excerpts with fewer notes before or after the cut are left out."""
RECENT = 10.0
"""Seconds before the cut that a continuation should be near."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How much of a piece is given, and for how long it is continued, in seconds."""

    given: float = 20.0
    continued: float = 20.0


@dataclass(frozen=True, eq=False)
class Excerpt:
    """The beginning of a piece, cut in two.

    Attributes
    ----------
    file : str
        The file; the random numbers depend on its name.
    heard : NoteArray
        The notes before the cut, with their durations; some may end after it.
    truth : NoteArray
        The notes of the piece after the cut.
    cut : float
        The time of the cut.
    continued : float
        For how long it is continued from there.
    grid : BeatGrid or None
        The beats of the whole piece; None where they are not known.
    """

    file: str
    heard: NoteArray
    truth: NoteArray
    cut: float
    continued: float
    grid: BeatGrid | None = None

    @property
    def recent(self) -> NoteArray:
        """The notes of the last `RECENT` seconds before the cut."""
        return self.heard[self.heard["onset"] >= self.cut - RECENT]

    def take(self, number: int) -> Excerpt:
        """Return the same excerpt with the random numbers of another take; 0 is the first."""
        return replace(self, file=f"{self.file}:{number}") if number else self

    def within(self, notes: NoteArray) -> NoteArray:
        """Return the notes that begin after the cut, for as long as the piece is continued."""
        onset = notes["onset"]
        return notes[(onset >= self.cut) & (onset < self.cut + self.continued)]


def excerpt(
    file: str, notes: NoteArray, lengths: Lengths = Lengths(), grid: BeatGrid | None = None
) -> Excerpt | None:
    """Return the excerpt of a piece in seconds; None where it is too short or too empty."""
    if not len(notes):
        return None
    cut = float(notes["onset"][0]) + lengths.given
    end = cut + lengths.continued
    heard = notes[notes["onset"] < cut]
    truth = notes[(notes["onset"] >= cut) & (notes["onset"] < end)]
    over = float((notes["onset"] + notes["duration"]).max()) < end
    if over or min(len(heard), len(truth)) < FEWEST_NOTES:
        return None
    return Excerpt(file, heard, truth, cut, lengths.continued, grid)


def seed_of(file: str) -> int:
    """Return the seed of a file's random numbers: the same on every machine."""
    digest = hashlib.blake2b(file.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
