"""Notes with the hand, or else the register, that they are heard in. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.music.files.hands import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.music.files.beat_clock import BeatClock
    from antiphon.music.note import NoteArray

NEAR = 7
"""Semitones; where hands are not told, notes that are farther away are of another voice."""

STEP = 2
"""Semitones from a note to its neighbour, at most."""

TOGETHER = 0.02
"""Notes that begin so near to each other are struck together."""

ON_PLACE = 0.05
"""How far from a beat, an eighth or a sixteenth an onset is on it, in parts of that."""

SHORT_BEATS = 0.13
"""The longest time between notes of an ornament, in beats, where those are told: longer notes
than thirty-seconds are written."""

THIRD_BEATS = 0.17
"""The same of the end of a trill and of short ornaments of four or five notes, and of three
that fill an eighth: sixteenths in three."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Notes, and which of them are of one line.

    Attributes
    ----------
    onsets, durations : float array, shape (notes,)
        Seconds; onsets ascend.
    pitches : int array, shape (notes,)
        MIDI note numbers.
    hands : int8 array, shape (notes,), or None
        The hand of each note, where it is told.
    beats : float array, shape (notes,), or None
        The beat of each onset, where it is told.
    """

    onsets: NDArray[np.float64]
    durations: NDArray[np.float64]
    pitches: NDArray[np.int64]
    hands: NDArray[np.int8] | None = None
    beats: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, notes: NoteArray, hands: NDArray[np.int8] | None, clock: BeatClock | None) -> Lines:
        """Return the lines of notes sorted by onset."""
        beats = None if clock is None else clock.beats_at(notes["onset"])
        onsets, durations = notes["onset"].astype(np.float64), notes["duration"].astype(np.float64)
        return cls(onsets, durations, notes["pitch"].astype(np.int64), hands, beats)

    def one_hand(self, one: int, other: int) -> bool | None:
        """Return whether two notes are of one hand; None where a hand is not told."""
        if self.hands is None or UNTOLD in (self.hands[one], self.hands[other]):
            return None
        return bool(self.hands[one] == self.hands[other])

    def together(self, one: int, other: int) -> bool:
        """Return whether two notes are of one line."""
        told = self.one_hand(one, other)
        near = abs(int(self.pitches[one] - self.pitches[other])) <= NEAR
        return near if told is None else told

    def after(self, note: int, least: float, most: float) -> Iterator[int]:
        """Yield the notes of the line of one that begin so many seconds after it."""
        first, last = np.searchsorted(self.onsets, self.onsets[note] + np.array([least, most]))
        return (n for n in range(first, last) if n != note and self.together(note, n))

    def within(self, note: int, start: float, end: float) -> list[int]:
        """Return the other notes of the line of one that begin from a time on, up to another."""
        first, last = np.searchsorted(self.onsets, [start, end])
        return [n for n in range(first, last) if n != note and self.together(note, n)]

    def leads_to_the_beat(self, first: int, last: int) -> bool:
        """Return whether the last note of an ornament is on a stronger place than the first.

        That is: on a beat, an eighth or a sixteenth that the first is not on. Beats must be told.
        """
        assert self.beats is not None
        places = self.beats[[first, last]] * np.array([[1], [2], [4]])
        first_on, last_on = (np.abs(places - np.rint(places)) < ON_PLACE).T
        return bool((last_on & ~first_on).any())

    def beats_between(self, one: int, other: int) -> float:
        """Return the beats from a note to a later one; 0 where they are not told."""
        return 0.0 if self.beats is None else float(self.beats[other] - self.beats[one])
