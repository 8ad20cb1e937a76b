"""The manner of a phrase: how dense, high, loud and tied it is, and its key.

Times are seconds of the session's clock, pitches MIDI note numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.tonality import Tonality, tonality_of

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

RECENT = 10.0
"""Of a long phrase the last so many seconds count: a player's manner changes."""

USUAL = 0.3
"""So much of the tones to expect is what is usual in the key, the rest what was heard."""

SHORTEST, HELD = 0.03, 4.0
"""Notes that are shorter or longer, in seconds, count as so long; those that still sound as the
longest."""

TIED = -0.5
"""Of a length beside a gap, in octaves: from here on notes are tied rather than short."""

FEWEST_MOMENTS = 3
"""A phrase of fewer moments has no density to keep to."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What an answer may keep to.

    Attributes
    ----------
    rate : float
        Moments a second at which notes begin, those of a chord together; NaN where the
        phrase is too short to tell.
    chords : float
        The share of the notes that were struck together with the one before, above 0
        and under 1.
    pitch : float
        The mean pitch.
    velocity : float
        The mean velocity.
    triad : tuple of int
        The pitch classes of the tonic's triad; empty where no key is heard.
    tones : tuple of float
        The share of each pitch class, 12 of them; empty where no key is heard.
    gap : float
        The longest time between two moments.
    length : float
        The mean length of the notes, as `length_of` has it.
    """

    rate: float
    chords: float
    pitch: float
    velocity: float
    triad: tuple[int, ...] = ()
    tones: tuple[float, ...] = ()
    gap: float = 0.0
    length: float = math.nan

    @property
    def density(self) -> float:
        """Notes a second, those of chords included."""
        return self.rate / (1.0 - self.chords)

    @property
    def tied(self) -> bool:
        """Whether its notes last as long as its gaps, rather than half as long."""
        return self.length + math.log2(self.rate) > TIED


def manner_of(phrase: NoteArray, heard: NoteArray) -> Manner | None:
    """Return the manner of a phrase; None where it has no notes.

    Parameters
    ----------
    phrase : array of NOTE_DTYPE
        The notes of the player's phrase, sorted by onset.
    heard : array of NOTE_DTYPE
        All their notes that are remembered: these tell the key.
    """
    if not len(phrase):
        return None
    last = phrase[phrase["onset"] >= phrase["onset"][-1] - RECENT]
    onsets = last["onset"]
    begins = np.concatenate([[True], np.diff(onsets) > CHORD_SPAN])
    moments = int(begins.sum())
    seconds = float(onsets[begins][-1] - onsets[0])
    rate = (moments - 1) / seconds if moments >= FEWEST_MOMENTS else math.nan
    # Half a note more on either side: no share is 0 or 1 for good.
    chords = (len(last) - moments + 0.5) / (len(last) + 1.0)
    pitch, velocity = float(last["pitch"].mean()), float(last["velocity"].mean())
    gap = float(np.diff(onsets).max(initial=0.0))
    key = tonality_of(heard, phrase)
    triad = () if key is None else key.triad
    return Manner(rate, chords, pitch, velocity, triad, _tones(key), gap, mean_length(last))


def length_of(duration: float | None) -> float:
    """Return how long a note is, in octaves above a second; None is one that still sounds."""
    return math.log2(min(max(HELD if duration is None else duration, SHORTEST), HELD))


def mean_length(notes: NoteArray) -> float:
    """Return the mean of `length_of`; NaN of no notes."""
    if not len(notes):
        return math.nan
    lasting = np.clip(np.nan_to_num(notes["duration"], nan=HELD), SHORTEST, HELD)
    return float(np.log2(lasting).mean())


def _tones(key: Tonality | None) -> tuple[float, ...]:
    """Return the share of each pitch class that a line in a key should have.

    It is that of what was heard, and for a part that of music in the key: a phrase has not
    had all its tones yet.
    """
    if key is None or not key.triad:
        return ()
    return tuple(((1.0 - USUAL) * key.shares + USUAL * key.profile).tolist())
