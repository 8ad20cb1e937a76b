"""Tracks: several suppositions of the beat, each of which follows what is played.

A track is a Kalman filter of when the last beat fell and how long a beat is. An onset
may be meant for any of the `PLACES` in a beat, or for none; each is as likely as scores
say, and the filter follows their mean (probabilistic data association: Y. Bar-Shalom,
E. Tse, *Tracking in a cluttered environment with probabilistic data association*, 1975).
All tracks are updated at once, as arrays of shape (tracks,). Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from antiphon.music.pulse import FEWEST_BEATS, LOOSENESS, RATIO, SPREAD, USUAL, usual_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]

PLACES = np.array([0.0, 0.25, 1 / 3, 0.5, 0.6, 2 / 3, 0.75, 1.0])
"""Places in the beat for which onsets may be meant."""
DIVISIONS = np.array(
    [
        [0.48, 0.11, 0.00, 0.28, 0.00, 0.00, 0.13, 0.48],  # halves and quarters
        [0.45, 0.00, 0.25, 0.00, 0.00, 0.30, 0.00, 0.45],  # thirds
        [0.52, 0.00, 0.00, 0.00, 0.22, 0.26, 0.00, 0.52],  # long and short: swing and shuffle
    ]
)
"""How a beat may be divided: the shares of onsets at each place."""
USUALLY = np.log([0.7, 0.15, 0.15])
"""How usual each division is."""
STRAY = 0.08
"""The share of onsets that are meant for no place."""
STEADY, FREE = 0, 1
LOOSE = np.array([0.012, 0.018])
"""How far onsets are from their place, in seconds (standard deviation), in strict and in
free time."""
DRIFT = np.array([2e-4, 2e-2])
"""How much a beat differs from the one before, as a share of it."""
BEND = 0.006
"""The same while the onsets stay on one side of their places."""
BIAS_MEMORY = 0.65
"""What is kept, from one onset to the next, of the mean side on which onsets lie."""
MEMORY = 0.94
"""What is kept, from one moment to the next, of a track's score."""
RECENT = 0.8
"""The same of its score of the last few moments."""
LATEST = 0.2
"""What the last moment weighs in `Tracks.fit`."""
INTERVALS = 0.2
"""What the intervals weigh beside the places: neighbours tell much the same."""
EQUAL = {2.0: 0.012, 4.0: 0.008, 3.0: 0.002, 8.0: 0.002}
"""Shares of intervals that scores rarely have but slow chords do: bars are halved, seldom
divided by three."""
SWUNG = (
    {1 / 3: 0.05, 0.4: 0.03, 0.6: 0.03, 2 / 3: 0.06},
    {1.0: 0.15},
    {4 / 3: 0.06, 1.4: 0.03, 1.6: 0.03, 5 / 3: 0.06},
    {2.0: 0.15},
)
"""What swing and shuffle add to the intervals of scores, which write them as halves."""


@dataclass(slots=True)
class Tracks:
    """Some tracks; every attribute is a float64 array of shape (tracks,).

    Attributes
    ----------
    period : array
        How long a beat is.
    beat : array
        When the last beat fell.
    beat_variance, covariance, period_variance : array
        How sure that is.
    bias : array
        On which side of their places the last onsets lay, in standard deviations.
    explained : array, shape (tracks, divisions)
        How well the track explains the last moments by each division, as a logarithm.
    recent : array
        The same of the last few moments.
    fit : array
        The mean of how much likelier the last onsets were than without a beat, as a
        logarithm.
    time : int array
        `STEADY` or `FREE`.
    """

    period: Array
    beat: Array
    beat_variance: Array
    covariance: Array
    period_variance: Array
    bias: Array
    explained: Array
    recent: Array
    fit: Array
    time: NDArray[np.intp]

    @classmethod
    def begun(cls, periods: Sequence[float], beats: Sequence[float]) -> Self:
        """Return two tracks for each of so many periods and beats: in strict and in free time."""
        period = np.tile(np.array(periods, dtype=np.float64), 2)
        beat = np.tile(np.array(beats, dtype=np.float64), 2)
        time = np.repeat([STEADY, FREE], len(periods))
        zero = np.zeros(len(period))
        return cls(
            period, beat, (0.03 * period) ** 2, zero.copy(), (0.012 * period) ** 2,
            zero.copy(), np.tile(USUALLY, (len(period), 1)), zero.copy(), zero.copy(), time,
        )  # fmt: skip

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.period)

    def joined(self, other: Tracks) -> Tracks:
        """Return these and others."""
        pairs = [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return Tracks(*(np.concatenate(pair) for pair in pairs))

    def chosen(self, indices: NDArray[np.intp]) -> Tracks:
        """Return some of them."""
        return Tracks(*(getattr(self, f.name)[indices] for f in fields(self)))

    @property
    def merit(self) -> Array:
        """How likely each track is: its score, and how usual its tempo is."""
        best = self.explained.max(axis=1)
        merit: Array = best - 0.5 * (np.log(self.period / USUAL) / SPREAD) ** 2
        return merit

    def hear(self, time: float, weight: float, intervals: Array, heard: int) -> None:
        """Follow one moment.

        Parameters
        ----------
        time : float
            When something was struck.
        weight : float
            How much it counts, 1 for a single note.
        intervals : float64 array, shape (up to 4,)
            The logarithm of the time since the last moment, the one before it, and so on.
        heard : int
            The how manieth moment it is, from 1 on.
        """
        self._pass(time)
        since = (time - self.beat) / self.period
        variance = (
            self.beat_variance + since * (2.0 * self.covariance + since * self.period_variance)
        ) + LOOSE[self.time] ** 2 / weight
        away = (since[:, np.newaxis] - PLACES) * self.period[:, np.newaxis]
        spread = np.sqrt(np.minimum(variance, (0.1 * self.period) ** 2))[:, np.newaxis]
        near = np.exp(-0.5 * (away / spread) ** 2) / (2.5066 * spread)
        stray = STRAY / self.period
        likely = (1.0 - STRAY) * near @ DIVISIONS.T + stray[:, np.newaxis]
        division = np.exp(self.explained - self.explained.max(axis=1, keepdims=True))
        division /= division.sum(axis=1, keepdims=True)
        total = (division * likely).sum(axis=1)
        meant = near * (division @ DIVISIONS) * ((1.0 - STRAY) / total)[:, np.newaxis]
        self.fit += np.maximum(LATEST, 1.0 / heard) * (np.log(total * self.period) - self.fit)
        told = weight * np.log(likely) + INTERVALS * self._usual(intervals)[:, np.newaxis]
        self.explained -= USUALLY
        self.explained *= MEMORY
        self.explained += told + USUALLY
        self.recent *= RECENT
        self.recent += (division * told).sum(axis=1)
        self._follow(since, variance, (meant * away).sum(axis=1), meant.sum(axis=1))

    def _pass(self, time: float) -> None:
        """Move the last beat up to a time."""
        beats = np.maximum(np.floor((time - self.beat) / self.period), 0.0)
        self.beat += beats * self.period
        self.beat_variance += beats * (2.0 * self.covariance + beats * self.period_variance)
        self.covariance += beats * self.period_variance
        share = np.where(np.abs(self.bias) > 0.8, BEND, DRIFT[self.time])
        self.period_variance += np.minimum(beats, 4.0) * (share * self.period) ** 2
        self.beat_variance += np.minimum(beats, 8.0) * (0.002**2)

    def _follow(self, since: Array, variance: Array, away: Array, meant: Array) -> None:
        """Correct beat and period by how far the onset was away."""
        to_beat = self.beat_variance + since * self.covariance
        to_period = self.covariance + since * self.period_variance
        self.beat += to_beat / variance * away
        self.period += to_period / variance * away
        np.clip(self.period, 0.25, 1.5, out=self.period)
        self.beat_variance -= meant * to_beat**2 / variance
        self.covariance -= meant * to_beat * to_period / variance
        self.period_variance -= meant * to_period**2 / variance
        self.bias *= BIAS_MEMORY
        self.bias += (1.0 - BIAS_MEMORY) * away / np.sqrt(variance)

    def _usual(self, intervals: Array) -> Array:
        """Return how usual intervals are, in units of each beat, as a logarithm."""
        told = np.zeros(len(self))
        base = np.log(self.period * FEWEST_BEATS)
        for interval, usual in zip(intervals.tolist(), _intervals(), strict=False):
            places = np.clip((interval - base) / RATIO, 0, len(usual) - 1).astype(np.intp)
            told += usual[places]
        return told


def _intervals() -> tuple[Array, ...]:
    return _TABLES


def _tables() -> tuple[Array, ...]:
    """Return the tables of intervals of scores, with what slow chords and swing add."""
    tables = []
    for lag, usual in enumerate(usual_intervals(), start=1):
        beats = np.log(FEWEST_BEATS) + (np.arange(len(usual)) + 0.5) * RATIO
        density = np.exp(usual)
        added = [(lag * value, share) for value, share in EQUAL.items()]
        for value, share in (*added, *SWUNG[lag - 1].items()):
            away = (beats - np.log(value)) / LOOSENESS
            density = density + share * np.exp(-0.5 * away**2) / (LOOSENESS * 2.5066)
        tables.append(np.log(density))
    return tuple(tables)


_TABLES = _tables()
