"""Swing: eighths that are played long and short, and how they are told from other rhythms.

A moment is when notes begin together. A beat is *halved* if one moment lies inside it, and
no more: that moment is its offbeat. Music swings if nearly all its offbeats lie at about the
same place, and that place is later than half of the beat. Then such an offbeat stands for a
plain eighth. Everything else is left as it is: beats with two moments or more inside, as
triplets and sixteenths have, and lone moments that are nearer to a half, to a third or to
three quarters of the beat.

Times are in any unit; a place is the part of the beat that has passed, from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST_RATIO, MOST_RATIO = 1.2, 2.6
"""What is less uneven is straight; 3 is a dotted eighth and a sixteenth."""
ON_BEAT = 0.12
"""A moment closer to a beat than this, in beats, is on it."""
ALIKE = 0.08
"""Offbeats that are closer than this to the middle one, in beats, are at its place."""
SHARE = 0.7
"""The least share of the offbeats that must be there."""
FEWEST = 4
"""So many of them must be, unless told otherwise."""
DENSE = 0.5
"""And they must be this share of all beats with anything inside."""
TRIPLETS = 0.5
"""Beats with a moment at a third may be this share of them: in jazz there are some, while
music in triplets has more."""
HALF, THIRD, DOTTED = 1 / 2, 1 / 3, 3 / 4
ON_GRID = 0.01
"""A moment of a score is at a place if it is closer than this, in beats."""


@dataclass(frozen=True, slots=True)
class Swing:
    """How eighths are swung.

    Attributes
    ----------
    ratio : float
        How much longer the first of two eighths is than the second, `LEAST_RATIO` to
        `MOST_RATIO`.
    period, anchor : float
        How long a beat is, and when one falls, in the unit of the moments.
    """

    ratio: float
    period: float = 1.0
    anchor: float = 0.0

    @classmethod
    def told(
        cls, moments: Array, period: float = 1.0, anchor: float = 0.0, fewest: int = FEWEST
    ) -> Self | None:
        """Return the swing of some music; None where it is straight, or where nothing tells it.

        Parameters
        ----------
        moments : float64 array, shape (moments,)
            When notes begin, ascending; chords once.
        period, anchor : float
            How long a beat is, and when one falls.
        fewest : int
            So many offbeats must tell it.
        """
        beats = _Beats.of((moments - anchor) / period)
        offbeats = beats.offbeats()
        if len(offbeats) < fewest:
            return None
        alike = offbeats[np.abs(offbeats - np.median(offbeats)) < ALIKE]
        if len(alike) < max(fewest, SHARE * len(offbeats), DENSE * beats.filled):
            return None
        if beats.with_thirds() > TRIPLETS * len(alike):
            return None
        place = float(alike.mean())
        ratio = place / (1.0 - place)
        return cls(ratio, period, anchor) if LEAST_RATIO <= ratio <= MOST_RATIO else None

    @property
    def offbeat(self) -> float:
        """The place of the second eighth."""
        return self.ratio / (1.0 + self.ratio)

    def straight(self, moments: Array) -> Array:
        """Return moments as if they were played straight: swung eighths moved to the half."""
        beats = _Beats.of((moments - self.anchor) / self.period)
        offbeat = self.offbeat
        nearest = (beats.place > (HALF + offbeat) / 2) & (beats.place < (DOTTED + offbeat) / 2)
        return self._moved(moments, beats, beats.lone & nearest, HALF - offbeat)

    def played(self, moments: Array) -> Array:
        """Return the moments of a score as they are played: lone eighths moved to the offbeat."""
        beats = _Beats.of((moments - self.anchor) / self.period)
        half = np.abs(beats.place - HALF) < ON_GRID
        return self._moved(moments, beats, beats.lone & half, self.offbeat - HALF)

    def _moved(self, moments: Array, beats: _Beats, which: NDArray[np.bool_], by: float) -> Array:
        moved = moments.copy()
        moved[which] += by * self.period
        return moved


def tells(moments: Array, period: float, anchor: float) -> bool:
    """Return whether moments have offbeats enough to tell swing from straight eighths."""
    return len(_Beats.of((moments - anchor) / period).offbeats()) >= FEWEST


@dataclass(frozen=True, slots=True, eq=False)
class _Beats:
    """Moments in their beats; arrays of shape (moments,).

    Attributes
    ----------
    number : float64 array
        Which beat each is in, or on.
    place : float64 array
        Its place there.
    inside : bool array
        Whether it lies inside the beat, and not on it.
    lone : bool array
        Whether it is the only one inside.
    filled : int
        How many beats have any inside.
    """

    number: Array
    place: Array
    inside: NDArray[np.bool_]
    lone: NDArray[np.bool_]
    filled: int

    @classmethod
    def of(cls, moments: Array) -> _Beats:
        """Return the beats of moments, in beats."""
        number = np.floor(moments + ON_BEAT)
        place = moments - number
        inside = place > ON_BEAT
        found, first, count = np.unique(number[inside], return_index=True, return_counts=True)
        lone = np.zeros(len(moments), dtype=np.bool_)
        lone[np.flatnonzero(inside)[first[count == 1]]] = True
        return cls(number, place, inside, lone, len(found))

    def offbeats(self) -> Array:
        """Return the places of the lone moments that have one on the beat before or after them."""
        on = np.unique(self.number[~self.inside])
        beside = np.isin(self.number, on) | np.isin(self.number + 1.0, on)
        return self.place[self.lone & beside]

    def with_thirds(self) -> int:
        """Return how many beats have a moment at their third."""
        third = self.inside & (np.abs(self.place - THIRD) < ALIKE)
        return len(np.unique(self.number[third]))
