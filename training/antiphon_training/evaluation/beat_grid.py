"""A beat grid: where the beats of some music fall, and how many onsets lie on its points.

Times are seconds. Points are places in the beat, such as the sixteenths of a score.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.evaluation.measures import Floats

if TYPE_CHECKING:
    from typing import Self

    from antiphon.music.note import NoteArray

SIXTEENTH = 0.25
"""Of a beat."""
TOLERANCE = 0.15 * SIXTEENTH
"""How far from a point an onset may lie and still be on it, in beats."""
OWN_SHARE = 0.7
"""A piece has a grid if so many of its own onsets lie on it; by chance it would be 0.3."""


@dataclass(frozen=True, eq=False)
class BeatGrid:
    """The beats of some music, and the points in each on which its notes lie.

    Attributes
    ----------
    seconds, beats : float64 array, shape (times,)
        Times of which the beat is known, strictly ascending, two at least. Before the
        first and after the last the tempo is that beside them.
    points : float64 array, shape (points,)
        Places in the beat, ascending; 1 is the next beat.
    """

    seconds: Floats
    beats: Floats
    points: Floats

    @classmethod
    def steady(cls, beat: float, phase: float, points: tuple[float, ...]) -> Self:
        """Return the grid of beats of one length, in seconds; one of them falls at `phase`."""
        return cls(np.array([phase, phase + beat]), np.array([0.0, 1.0]), np.array(points))

    @classmethod
    def fitted(cls, seconds: NoteArray, beats: NoteArray) -> Self | None:
        """Return the sixteenths on which a piece lies; None where it lies on none.

        The grid of a piece may be off the beats of its file by a constant: the offset is
        the one with most of the onsets.

        Parameters
        ----------
        seconds, beats : array of NOTE_DTYPE, shape (notes,)
            The notes of a piece in both units, each sorted by onset.
        """
        times, first = np.unique(seconds["onset"], return_index=True)
        places, distinct = np.unique(beats["onset"][first], return_index=True)
        if len(places) < 2 or len(seconds) != len(beats):
            return None
        remainder = np.sort(beats["onset"] % SIXTEENTH)
        around = np.concatenate([remainder, remainder + SIXTEENTH])
        ends = np.searchsorted(around, remainder + 2.0 * TOLERANCE, side="right")
        counts = ends - np.arange(len(remainder))
        best = int(counts.argmax())
        if counts[best] < OWN_SHARE * len(remainder):
            return None
        # The middle of the onsets, and not of the range: it need not be the same.
        offset = float(around[best : ends[best]].mean())
        return cls(times[distinct], places, np.arange(4, dtype=np.float64) * SIXTEENTH + offset)

    def on_beat(self, onsets: Floats) -> float:
        """Return the share of onsets that lie on a point; NaN where there are none."""
        if not len(onsets):
            return float("nan")
        away = (self._at(onsets)[:, None] - self.points + 0.5) % 1.0 - 0.5
        return float(np.mean(np.abs(away).min(axis=1) <= TOLERANCE))

    def in_tempo(self, onsets: Floats) -> float:
        """Return the share that lies on a point of a grid that begins where the onsets say.

        Their own offset is a circular mean, so it need not be that of the piece: what is in
        time with itself alone is in tempo. NaN where the points are not equally far apart.
        """
        if not len(onsets):
            return float("nan")
        apart = 1.0 / len(self.points)
        if not np.allclose(np.diff(self.points), apart):
            return float("nan")
        turns = np.exp(2j * np.pi * self._at(onsets) / apart)
        offset = float(np.angle(turns.mean())) / (2.0 * np.pi) * apart
        points = np.arange(len(self.points), dtype=np.float64) * apart + offset
        return replace(self, points=points).on_beat(onsets)

    def _at(self, onsets: Floats) -> Floats:
        """Return times in beats."""
        index = np.clip(np.searchsorted(self.seconds, onsets), 1, len(self.seconds) - 1)
        before, beat = self.seconds[index - 1], self.beats[index - 1]
        pace = (self.beats[index] - beat) / (self.seconds[index] - before)
        beats: Floats = beat + (onsets - before) * pace
        return beats
