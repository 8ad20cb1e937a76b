"""Tuplets: parts of a bar that hold evenly spaced notes which no other note value has.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter. A place of a tuplet is rounded to
a tick, and is exact again where it is written.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.beats import BEAT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NEAR = 0.3
"""Ticks from its place in a tuplet within which an onset lies on it."""

SIMPLE = {BEAT: (5, 6, 7, 9, 10, 11), BEAT // 2: (3, 5, 6, 7), 2 * BEAT: (3, 5, 7, 9, 11, 13)}
COMPOUND = {3 * BEAT // 2: (5, 7, 8, 10, 11), BEAT // 2: (3, 5, 6, 7)}
"""The parts of a bar that tuplets fill, in ticks, in the order in which they are tried, each with
the counts of notes. A quarter in three is for `lengths`, which knows dotted rhythms too."""


@dataclass(frozen=True, slots=True)
class Tuplet:
    """A part of a bar that is divided evenly.

    Attributes
    ----------
    start, end : int
        Ticks.
    count : int
        Its parts.
    """

    start: int
    end: int
    count: int

    @property
    def normal(self) -> int:
        """The plain notes in the time of which they are played: 4 for five in a quarter."""
        unit = 2 * BEAT
        while self.count >= 2 * (self.end - self.start) // unit or (self.end - self.start) % unit:
            unit //= 2
        return (self.end - self.start) // unit

    @property
    def places(self) -> list[int]:
        """The ticks where its parts begin, and its end."""
        length = self.end - self.start
        return [self.start + round(length * part / self.count) for part in range(self.count + 1)]

    def parts(self, start: int, end: int) -> int:
        """Return how many parts are between two of its places."""
        return self.places.index(end) - self.places.index(start)

    def exact(self, place: int) -> Fraction:
        """Return a place in ticks that are not rounded."""
        part = Fraction(self.places.index(place), self.count)
        return self.start + (self.end - self.start) * part

    def nearest(self, tick: float) -> int:
        """Return the place that is nearest to a tick."""
        return min(self.places, key=lambda place: abs(place - tick))

    def after(self, tick: int) -> int:
        """Return the place after a tick inside."""
        return self.places[bisect_right(self.places, tick)]

    def before(self, tick: float) -> int:
        """Return the last place at or before a tick inside."""
        return self.places[bisect_right(self.places, tick) - 1]


def find_tuplets(places: Array, bar: int, *, compound: bool) -> Iterator[Tuplet]:
    """Yield the tuplets of one hand in one metre.

    Parameters
    ----------
    places : float array
        Where its notes begin, in ticks from where the metre begins, ascending.
    bar : int
        Ticks a bar.
    compound : bool
        Whether beats are divided in three.
    """
    beside = places[np.abs(places - 3 * np.rint(places / 3)) > NEAR]
    for line in (np.unique(beside // bar) * bar).astype(int).tolist():
        covered: list[tuple[int, int]] = []
        for length, counts in (COMPOUND if compound else SIMPLE).items():
            for start in range(line, line + bar - length + 1, length):
                if any(a < start + length and start < b for a, b in covered):
                    continue
                found = _tuplet(places, start, start + length, counts)
                if found:
                    covered.append((start, start + length))
                    yield found


def _tuplet(places: Array, start: int, end: int, counts: tuple[int, ...]) -> Tuplet | None:
    """Return the tuplet that fills a part of a bar; None if its notes are none."""
    first, last = bisect_left(places, start - NEAR), bisect_left(places, end - NEAR)
    inside = np.unique(np.round(places[first:last], 2))
    strokes = inside[np.append(True, np.diff(inside) > NEAR)[: len(inside)]]
    count = len(strokes)
    if count not in counts:
        return None
    even = start + (end - start) * np.arange(count) / count
    return Tuplet(start, end, count) if (np.abs(strokes - even) < NEAR).all() else None
