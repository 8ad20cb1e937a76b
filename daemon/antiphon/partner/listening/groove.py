"""The groove: where in the beat a player's notes fall, as a density.

It is an array over one beat, of mean 1: where it is 3, three times as many notes fall as
there would without a beat. Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon.partner.listening.beats import Beats

POINTS = 960
"""Places in a beat: 0.6 ms apart at a beat of 0.6 s."""

PEAK = 1.3
"""A place is one where notes belong if the density has a peak there of this height."""

REACH = 0.03
"""A note is meant for the nearest peak, if that is no farther away than this."""


EMPTY = 0.1
"""Where the mean density is less, nobody plays."""


@dataclass(frozen=True, slots=True, eq=False)
class Groove:
    """A density over the place in the beat.

    Attributes
    ----------
    beats : Beats
        The beats.
    density : float64 array, shape (960,)
        The density at the middle of each of 960 parts of the beat; its mean is 1.
    integral : float64 array, shape (961,)
        The share of notes before each edge of these parts, from 0 to 1.
    table : list of float
        The same; to look up one number is faster there.
    peaks : tuple of float
        The places, in beats, where notes belong; ascending.
    spread : float
        The time from one note of a chord to the next, in the mean.
    ends : Groove or None
        Where in the beat notes end; None where they end anywhere.
    """

    beats: Beats
    density: NDArray[np.float64]
    integral: NDArray[np.float64]
    table: list[float]
    peaks: tuple[float, ...]
    spread: float
    ends: Groove | None = None

    @classmethod
    def of(
        cls,
        beats: Beats,
        density: NDArray[np.float64],
        spread: float,
        ends: Groove | None = None,
    ) -> Groove:
        """Return the groove of a density."""
        density = density / density.mean()
        integral = np.concatenate([[0.0], np.cumsum(density) / POINTS])
        top = (density > np.roll(density, 1)) & (density >= np.roll(density, -1))
        peaks = tuple(((np.flatnonzero(top & (density > PEAK)) + 0.5) / POINTS).tolist())
        return cls(beats, density, integral, integral.tolist(), peaks, spread, ends)

    def softened(self, strength: float) -> Groove:
        """Return this groove at a strength, from 0 (flat) to 1 (as it is)."""
        if strength >= 1.0:
            return self
        spread = self.spread / max(strength, 0.01)
        return Groove.of(self.beats, self.density**strength, spread, self.ends)

    def before(self, times: Any) -> Any:
        """Return how much of the density lies before times, in beats from the anchor."""
        place = (np.asarray(times) - self.beats.anchor) / self.beats.period
        whole = np.floor(place)
        return whole + np.interp(place - whole, _EDGES, self.integral)

    def within(self, begin: float, end: float, share: float) -> float:
        """Return when a share of what the density has between two times has passed."""
        low, high = self._before(begin), self._before(end)
        passed = low + (high - low) * share
        whole = math.floor(passed)
        part = min(max(bisect_right(self.table, passed - whole) - 1, 0), POINTS - 1)
        below, above = self.table[part], self.table[part + 1]
        inside = (passed - whole - below) / (above - below) if above > below else 0.0
        place = whole + (part + inside) / POINTS
        time = self.beats.anchor + place * self.beats.period
        return min(max(time, begin), end)

    def nearest(self, time: float, reach: float = REACH) -> float:
        """Return the peak that a note at a time is meant for; the time itself without one."""
        best = min(self._peaks_around(time), key=lambda peak: abs(peak - time), default=time)
        return best if abs(best - time) <= reach else time

    def next_peak(self, time: float) -> float:
        """Return the first peak that is not before a time; the time itself without one."""
        return min((peak for peak in self._peaks_around(time) if peak >= time), default=time)

    def filled_from(self, begin: float, peak: float) -> float:
        """Return from when on notes fall before a peak: the beginning, or shortly before it."""
        near = peak - REACH
        if near <= begin:
            return begin
        share = self._before(near) - self._before(begin)
        empty = share * self.beats.period < EMPTY * (near - begin)
        return near if empty else begin

    def _before(self, time: float) -> float:
        """Return what `before` does, of one time; the live side's short way."""
        place = (time - self.beats.anchor) / self.beats.period
        whole = math.floor(place)
        at = (place - whole) * POINTS
        part = min(int(at), POINTS - 1)
        below, above = self.table[part], self.table[part + 1]
        return whole + below + (at - part) * (above - below)

    def _peaks_around(self, time: float) -> list[float]:
        """Return when the peaks are in the beat of a time, the one before and the one after."""
        beats = self.beats
        whole = math.floor((time - beats.anchor) / beats.period)
        return [
            beats.anchor + (whole + number + peak) * beats.period
            for number in (-1, 0, 1)
            for peak in self.peaks
        ]


_EDGES = np.arange(POINTS + 1) / POINTS
