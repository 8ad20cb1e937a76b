"""Swing: eighths or sixteenths that are played long and short, and how they are told.

A moment is when notes begin together. A *pair* is the time of two eighths, which is a beat,
or of two sixteenths, which is half of one. A pair is *halved* if one moment lies inside it,
and no more: that moment is its offbeat. Music swings if nearly all its offbeats lie at about
the same place, and that place is later than half of the pair. Then such an offbeat stands for
a plain eighth or sixteenth. Everything else is left as it is: pairs with two moments or more
inside, as triplets have, and lone moments that are nearer to a half, to a third or to three
quarters of the pair.

Beats that are told are often early or late as a whole, and then every moment is as much off.
So places are counted from where the moments on the beats lie, and not from the beats.

Times are in any unit; a place is the part of the pair that has passed, from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = NDArray[np.float64]

Level = Literal["eighths", "sixteenths"]

PAIRS: dict[Level, float] = {"eighths": 1.0, "sixteenths": 0.5}
"""How many beats a pair of each takes, in the order in which they are tried."""

LEAST_RATIO, MOST_RATIO = 1.2, 2.6
"""What is less uneven is straight; 3 is a dotted eighth and a sixteenth."""
ON_BEAT = 0.12
"""A moment closer to the beginning of a pair than this, in pairs, is on it."""
ALIKE = 0.08
"""Offbeats that are closer than this to the middle one, in pairs, are at its place."""
SHARE = 0.7
"""The least share of the offbeats that must be there."""
FEWEST = 4
"""So many of them must be, unless told otherwise."""
DENSE = 0.5
"""And they must be this share of all pairs with anything inside."""
TRIPLETS = 0.5
"""Pairs with a moment at a third may be this share of them: in jazz there are some, while
music in triplets has more."""
CLEAR = 1.5
"""Their place is so many of their standard deviations after the half, or it is the half."""
EACH_HALF = 0.25
"""Of sixteenths, this share must be in either half of the beat: a dotted eighth with a short
sixteenth has them in the second half alone, and a triplet's short note may be in the first."""
FEWEST_SIXTEENTHS = 8
"""So many sixteenths must tell it, for there are twice as many places for them."""
MOST_STEPS = 8
"""How late the moments on the beats are is found in steps, for those that are later than
`ON_BEAT` are seen only after the first one."""
SETTLED = 0.01
"""A smaller step is the last, in pairs."""
HALF, THIRD, DOTTED = 1 / 2, 1 / 3, 3 / 4
ON_GRID = 0.01
"""A moment of a score is at a place if it is closer than this, in pairs."""


@dataclass(frozen=True, slots=True)
class Swing:
    """How eighths or sixteenths are swung.

    Attributes
    ----------
    ratio : float
        How much longer the first of a pair is than the second, `LEAST_RATIO` to
        `MOST_RATIO` where it was told.
    period, anchor : float
        How long a beat is, and when one is struck, in the unit of the moments.
    level : {"eighths", "sixteenths"}
        Which notes are swung.
    """

    ratio: float
    period: float = 1.0
    anchor: float = 0.0
    level: Level = "eighths"

    @classmethod
    def told(
        cls,
        moments: Array,
        period: float = 1.0,
        anchor: float = 0.0,
        fewest: int = FEWEST,
        levels: Iterable[Level] = tuple(PAIRS),
    ) -> Self | None:
        """Return the swing of some music; None where it is straight, or where nothing tells it.

        Parameters
        ----------
        moments : float64 array, shape (moments,)
            When notes begin, ascending; chords once.
        period, anchor : float
            How long a beat is, and when one falls.
        fewest : int
            So many offbeats must tell that eighths are swung.
        levels : iterable of {"eighths", "sixteenths"}
            Which notes may be swung; the first that are.
        """
        for level in levels:
            pair = period * PAIRS[level]
            late, pairs = _on_time((moments - anchor) / pair)
            eighths = level == "eighths"
            ratio = _told_ratio(pairs, fewest if eighths else FEWEST_SIXTEENTHS, not eighths)
            if ratio is not None:
                return cls(ratio, period, anchor + late * pair, level)
        return None

    @property
    def offbeat(self) -> float:
        """The place of the second of a pair."""
        return self.ratio / (1.0 + self.ratio)

    @property
    def pair(self) -> float:
        """How long a pair is, in the unit of the moments."""
        return self.period * PAIRS[self.level]

    def straight(self, moments: Array) -> Array:
        """Return moments as if they were played straight: swung ones moved to the half."""
        pairs = _Pairs.of((moments - self.anchor) / self.pair)
        offbeat = self.offbeat
        nearest = (pairs.place > (HALF + offbeat) / 2) & (pairs.place < (DOTTED + offbeat) / 2)
        return self._moved(moments, pairs.lone & nearest, HALF - offbeat)

    def played(self, moments: Array) -> Array:
        """Return the moments of a score as they are played: lone halves moved to the offbeat."""
        pairs = _Pairs.of((moments - self.anchor) / self.pair)
        half = np.abs(pairs.place - HALF) < ON_GRID
        return self._moved(moments, pairs.lone & half, self.offbeat - HALF)

    def _moved(self, moments: Array, which: NDArray[np.bool_], by: float) -> Array:
        moved = moments.copy()
        moved[which] += by * self.pair
        return moved


def tells(moments: Array, pair: float, anchor: float) -> bool:
    """Return whether moments have offbeats enough to tell swung pairs from straight ones."""
    return len(_Pairs.of((moments - anchor) / pair).offbeats()[0]) >= FEWEST


def _on_time(moments: Array) -> tuple[float, _Pairs]:
    """Return how late moments are as a whole, in pairs, and their pairs where they are not."""
    late, pairs = 0.0, _Pairs.of(moments)
    for _ in range(MOST_STEPS):
        more = pairs.late()
        if abs(more) < SETTLED:
            break
        late, pairs = late + more, _Pairs.of(moments - late - more)
    return late, pairs


def _told_ratio(pairs: _Pairs, fewest: int, both_halves: bool) -> float | None:
    """Return the ratio that pairs tell; None where they are straight, or tell nothing.

    With `both_halves`, two pairs are a beat, and both must tell it.
    """
    offbeats, number = pairs.offbeats()
    if len(offbeats) < fewest:
        return None
    near = np.abs(offbeats - np.median(offbeats)) < ALIKE
    alike = offbeats[near]
    if len(alike) < max(fewest, SHARE * len(offbeats), DENSE * pairs.filled):
        return None
    second = np.count_nonzero(number[near] % 2)
    if both_halves and min(second, len(alike) - second) < EACH_HALF * len(alike):
        return None
    if pairs.with_thirds() > TRIPLETS * len(alike):
        return None
    place = float(alike.mean())
    if place - HALF < CLEAR * float(alike.std()):
        return None
    ratio = place / (1.0 - place)
    return ratio if LEAST_RATIO <= ratio <= MOST_RATIO else None


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Moments in their pairs; arrays of shape (moments,).

    Attributes
    ----------
    number : float64 array
        Which pair each is in, or on.
    place : float64 array
        Its place there.
    inside : bool array
        Whether it lies inside the pair, and not on it.
    lone : bool array
        Whether it is the only one inside.
    filled : int
        How many pairs have any inside.
    """

    number: Array
    place: Array
    inside: NDArray[np.bool_]
    lone: NDArray[np.bool_]
    filled: int

    @classmethod
    def of(cls, moments: Array) -> _Pairs:
        """Return the pairs of moments, in pairs."""
        number = np.floor(moments + ON_BEAT)
        place = moments - number
        inside = place > ON_BEAT
        found, first, count = np.unique(number[inside], return_index=True, return_counts=True)
        lone = np.zeros(len(moments), dtype=np.bool_)
        lone[np.flatnonzero(inside)[first[count == 1]]] = True
        return cls(number, place, inside, lone, len(found))

    def late(self) -> float:
        """Return how late the moments on the pairs usually are, in pairs."""
        on = self.place[~self.inside]
        return float(np.median(on)) if len(on) else 0.0

    def offbeats(self) -> tuple[Array, Array]:
        """Return the lone moments that have one on their pair or on the next: place, number."""
        on = np.unique(self.number[~self.inside])
        beside = np.isin(self.number, on) | np.isin(self.number + 1.0, on)
        which = self.lone & beside
        return self.place[which], self.number[which]

    def with_thirds(self) -> int:
        """Return how many pairs have a moment at their third."""
        third = self.inside & (np.abs(self.place - THIRD) < ALIKE)
        return len(np.unique(self.number[third]))
