"""Tracks: several suppositions of the beat, each of which follows what is played.

A track is a Kalman filter of when the last beat fell and how long a beat is. An onset
may be meant for any of the `PLACES` in a beat, or for none; each is as likely as scores
say, and the filter follows their mean (probabilistic data association: Y. Bar-Shalom,
E. Tse, *Tracking in a cluttered environment with probabilistic data association*, 1975).
All tracks are updated at once, and with few operations, since each takes longer to begin
than to do. Arrays are of shape (tracks,), or (…, tracks). Times are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from antiphon.music.pulse import SPREAD, USUAL
from antiphon.partner.listening.intervals import LONGEST, SHORTEST, how_usual

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]

PLACES = np.array([[0.0], [0.25], [1 / 3], [0.5], [0.6], [2 / 3], [0.75], [1.0]])
"""Places in the beat for which onsets may be meant."""
DIVISIONS = np.array(
    [
        [0.48, 0.11, 0.00, 0.28, 0.00, 0.00, 0.13, 0.48],  # halves and quarters
        [0.45, 0.00, 0.25, 0.00, 0.00, 0.30, 0.00, 0.45],  # thirds
        [0.52, 0.00, 0.00, 0.00, 0.22, 0.26, 0.00, 0.52],  # long and short: swing and shuffle
    ]
)
"""How a beat may be divided: the shares of onsets at each place."""
USUALLY = np.array([[0.7], [0.15], [0.15]])
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
BEGINNING = 0.015
"""How far from the beat a player begins the next phrase, in seconds (standard deviation)."""
DIVIDED = 3.0
"""How much likelier than another the division of the last phrase is at most, as a logarithm."""
TURNED, ANOTHER = 0.008, 0.02
"""How far from the onset at which a tempo changes its place in the beat may be, in seconds, and
how far the new beat from what is proposed, as a share of it (standard deviations)."""
INTERVALS = 0.2
"""What the intervals weigh beside the places: neighbours tell much the same."""

_DIVIDED = (1.0 - STRAY) * DIVISIONS
_PLACED = DIVISIONS.T.copy()

_BEAT, _PERIOD, _BEAT_VARIANCE, _COVARIANCE, _PERIOD_VARIANCE = range(5)
"""Rows: when the last beat fell, how long a beat is, and how sure that is."""
_UNSURE, _UNSURE_TOO = slice(2, 4), slice(3, 5)
"""How sure: of the beat with beat and period, and of the period with both."""
_BIAS, _RECENT, _FIT = range(5, 8)
"""On which side of their places the last onsets lay, in standard deviations; `Tracks.recent`
and `Tracks.fit`."""
_EXPLAINED = slice(8, 11)
"""How well the track explains the last moments by each division, as a logarithm."""
_LOOSE, _DRIFT = 11, 12
"""`LOOSE` and `DRIFT`, squared: what makes its time strict or free."""
_CARRIED, _CHANGED = 13, 14
"""`Tracks.carried` and `Tracks.changed`."""
_GAIN = 15
"""`Tracks.gain`."""
_ROWS = 16


class Tracks:
    """Some tracks.

    Parameters
    ----------
    rows : float64 array, shape (16, tracks)
        All that changes or differs from track to track; see `_ROWS`.

    Attributes
    ----------
    period : float64 array, shape (tracks,)
        How long a beat is.
    beat : float64 array, shape (tracks,)
        When the last beat fell.
    recent : float64 array, shape (tracks,)
        How well the track explains the last few moments, as a logarithm.
    carried : float64 array, shape (tracks,)
        1 where the track has gone on from the phrase before; else 0.
    changed : float64 array, shape (tracks,)
        The number of the moment, from 1 on, from which the track has gone on in another tempo;
        0 where it has not.
    gain : float64 array, shape (tracks,)
        How much likelier the last onset was than without a beat, as a logarithm.
    fit : float64 array, shape (tracks,)
        The mean of that over the last onsets.
    """

    def __init__(self, rows: Array) -> None:
        self._rows = rows
        self.period: Array = rows[_PERIOD]
        self.beat: Array = rows[_BEAT]
        self.recent: Array = rows[_RECENT]
        self.fit: Array = rows[_FIT]
        self.carried: Array = rows[_CARRIED]
        self.changed: Array = rows[_CHANGED]
        self.gain: Array = rows[_GAIN]

    @classmethod
    def begun(cls, periods: Sequence[float], beats: Sequence[float]) -> Self:
        """Return two tracks for each of so many periods and beats: in strict and in free time."""
        count = len(periods)
        rows = np.zeros((_ROWS, 2 * count))
        rows[_BEAT, :count] = rows[_BEAT, count:] = beats
        rows[_PERIOD, :count] = rows[_PERIOD, count:] = periods
        rows[_BEAT_VARIANCE] = (0.03 * rows[_PERIOD]) ** 2
        rows[_PERIOD_VARIANCE] = (0.012 * rows[_PERIOD]) ** 2
        for time, part in ((STEADY, slice(count)), (FREE, slice(count, None))):
            rows[_LOOSE, part], rows[_DRIFT, part] = LOOSE[time] ** 2, DRIFT[time] ** 2
        return cls(rows)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.period)

    def joined(self, other: Tracks) -> Tracks:
        """Return these and others."""
        return Tracks(np.concatenate((self._rows, other._rows), axis=1))

    def chosen(self, indices: Sequence[int]) -> Tracks:
        """Return some of them."""
        return Tracks(self._rows[:, indices])

    def carried_on(self, index: int, score: float) -> Tracks:
        """Return one of them as a phrase begins with it: in strict and in free time.

        Its score so far is replaced by `score`, except how the beat was divided.
        """
        rows = np.repeat(self._rows[:, [index]], 2, axis=1)
        rows[_LOOSE], rows[_DRIFT] = LOOSE**2, DRIFT**2
        rows[_BIAS] = rows[_RECENT] = 0.0
        rows[_BEAT_VARIANCE] += BEGINNING**2
        rows[_CARRIED] = 1.0
        told = rows[_EXPLAINED] + np.log(USUALLY)
        rows[_EXPLAINED] = np.maximum(told - told.max(axis=0), -DIVIDED) - np.log(USUALLY) + score
        return Tracks(rows)

    def in_other_tempi(
        self, time: float, number: int, periods: Sequence[float], cost: float
    ) -> Tracks:
        """Return what goes on from a single track with other beats, from a moment on.

        Parameters
        ----------
        time, number : float, int
            When the moment was, and its number. Its place in the beat is the same in each tempo.
        periods : sequence of float
            How long the beats are.
        cost : float
            By how much less likely they are than the track, as a logarithm.
        """
        rows = np.repeat(self._rows, len(periods), axis=1)
        new, period = np.array(periods), rows[_PERIOD]
        place = (time - rows[_BEAT]) / period
        place = PLACES[np.abs(PLACES - place).argmin(axis=0), 0]
        rows[_BEAT] += place * (period - new)
        rows[_PERIOD] = new
        rows[_BEAT_VARIANCE] += TURNED**2
        rows[_COVARIANCE] = rows[_BIAS] = 0.0
        rows[_PERIOD_VARIANCE] = (ANOTHER * new) ** 2
        rows[_EXPLAINED] -= cost
        rows[_RECENT] -= cost
        rows[_CHANGED] = number
        return Tracks(rows)

    @property
    def merit(self) -> Array:
        """How likely each track is: its score, and how usual its tempo is."""
        best = (self._rows[_EXPLAINED] + np.log(USUALLY)).max(axis=0)
        merit: Array = best - 0.5 * (np.log(self.period / USUAL) / SPREAD) ** 2
        return merit

    def alike(self, period: float, place: float) -> NDArray[np.bool_]:
        """Return which are nearly the same, shape (tracks, tracks).

        Parameters
        ----------
        period : float
            Beats closer than this, in natural log, are the same.
        place : float
            So are times closer than this, in beats.
        """
        logs, beat, loose = np.log(self.period), self.beat, self._rows[_LOOSE]
        away = (beat - beat[:, np.newaxis]) / self.period[:, np.newaxis]
        same: NDArray[np.bool_] = np.abs(logs - logs[:, np.newaxis]) < period
        same &= np.abs(away - np.rint(away)) < place
        same &= loose == loose[:, np.newaxis]
        return same

    def hear(self, time: float, weight: float, intervals: Sequence[float], heard: int) -> None:
        """Follow one moment.

        Parameters
        ----------
        time : float
            When something was struck.
        weight : float
            How much it counts, 1 for a single note.
        intervals : sequence of float, up to 4
            The logarithm of the time since the last moment, the one before it, and so on.
        heard : int
            The how manieth moment it is, from 1 on.
        """
        rows = self._rows
        since = self._pass(time)
        to = rows[_UNSURE] + since * rows[_UNSURE_TOO]  # of the time since the beat: beat, period
        variance = to[0] + since * to[1] + rows[_LOOSE] * (1.0 / weight)
        near, away, likely = self._places(since, variance)
        logs = np.log(likely)
        usual = INTERVALS * how_usual(intervals, self.period)
        explained, recent, fit = rows[_EXPLAINED], self.recent, self.fit
        division = np.exp(explained) * USUALLY
        whole = division[0] + division[1] + division[2]
        total = np.add.reduce(division * likely)
        gain = np.log(total * self.period / whole, out=self.gain)
        fit += max(LATEST, 1.0 / heard) * (gain - fit)
        recent *= RECENT
        recent += np.add.reduce(division * logs) * (weight / whole) + usual
        explained *= MEMORY
        explained += weight * logs + usual
        meant = near * (_PLACED @ division)
        share = (1.0 - STRAY) / total
        towards = np.add.reduce(meant * away) * share
        self._follow(to, variance, towards, np.add.reduce(meant) * share)

    def _pass(self, time: float) -> Array:
        """Move the last beat up to a time; return how long ago it was, in beats."""
        rows = self._rows
        beat, period = self.beat, self.period
        place = (time - beat) / period
        beats = np.maximum(np.floor(place), 0.0)
        beat += beats * period
        moved = rows[_UNSURE] + beats * rows[_UNSURE_TOO]
        lost = np.minimum(beats, 8.0) * 0.002**2
        np.add(moved[0] + beats * moved[1], lost, out=rows[_BEAT_VARIANCE])
        rows[_COVARIANCE] = moved[1]
        bend = np.where(np.abs(rows[_BIAS]) > 0.8, BEND**2, rows[_DRIFT])
        rows[_PERIOD_VARIANCE] += np.minimum(beats, 4.0) * bend * (period * period)
        since: Array = place - beats
        return since

    def _places(self, since: Array, variance: Array) -> tuple[Array, Array, Array]:
        """Return how likely an onset is that is meant for a place, and how far away it is.

        Both have the shape (places, tracks); then how likely it is by each division,
        shape (divisions, tracks).
        """
        period = self.period
        away = (since - PLACES) * period
        spread = np.minimum(variance, 0.01 * (period * period))
        near = np.exp(away * away * (-0.5 / spread))
        near /= 2.5066 * np.sqrt(spread)
        likely = _DIVIDED @ near
        likely += STRAY / period
        return near, away, likely

    def _follow(self, to: Array, variance: Array, away: Array, meant: Array) -> None:
        """Correct beat and period by how far the onset was away."""
        rows = self._rows
        gain = to / variance
        rows[_BEAT : _PERIOD + 1] += gain * away
        period, bias = self.period, rows[_BIAS]
        np.minimum(np.maximum(period, SHORTEST, out=period), LONGEST, out=period)
        gain *= meant
        rows[_UNSURE] -= gain * to[0]
        rows[_PERIOD_VARIANCE] -= gain[1] * to[1]
        bias *= BIAS_MEMORY
        bias += (1.0 - BIAS_MEMORY) * away / np.sqrt(variance)
