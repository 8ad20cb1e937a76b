"""Note values: lengths that one note head can show, and ties for all others.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from antiphon_training.notation.metres import EIGHTH, QUARTER, Metres
from antiphon_training.notation.tuplets import Tuplet

if TYPE_CHECKING:
    from collections.abc import Sequence

THIRD = QUARTER // 3
SHORTEST = QUARTER // 8

BEAT_LEVEL = 3
"""The level of a beat in its metre."""

PLAIN = tuple(QUARTER * 4 >> power for power in range(6))
"""Ticks from a whole note to a thirty-second."""

WRITTEN = frozenset((*PLAIN, *(3 * length // 2 for length in PLAIN[:-1])))
"""Ticks that one note head can show, with a dot or without."""

IN_THIRDS = frozenset((THIRD // 2, THIRD, 2 * THIRD))
"""Ticks that one note head can show in a triplet."""

PARTS = (1, 2, 3, 4, 6, 8)
"""Parts of a tuplet that one note head can show."""

AMONG_THIRDS = {3: 4, 6: 4, 9: 8, 15: 16, 18: 20, 21: 20}
"""Where a part of a beat in two is written among thirds: the last sixteenth of a dotted
rhythm goes with the second half of the last third, and keeps its place after its beginning."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """What a note head is written as under the bracket of a tuplet.

    Attributes
    ----------
    start : int
        The tick where the bracket begins.
    actual, normal : int
        3 and 2 where three notes have the time of two.
    written : int
        The ticks of its note value.
    at : Fraction
        Where it begins, in ticks that are not rounded.
    """

    start: int
    actual: int
    normal: int
    written: int
    at: Fraction


@dataclass(frozen=True, slots=True)
class Ruler:
    """The places of a piece where a note may begin or end.

    Attributes
    ----------
    metres : Metres
        The metres of the piece.
    thirds : frozenset of int
        The ticks of the quarters that are divided in three although the metre is not compound.
    tuplets : tuple of Tuplet
        Other tuplets, in order.
    """

    metres: Metres
    thirds: frozenset[int] = frozenset()
    tuplets: tuple[Tuplet, ...] = ()

    @classmethod
    def of(cls, starts: Sequence[int], metres: Metres, tuplets: Sequence[Tuplet]) -> Ruler:
        """Return the ruler of a staff: a quarter with a start at a third is divided in three.

        A tuplet is of this staff if nothing there begins beside its places, and something begins
        beside all others. A quarter in six with some of its notes alone is in three. Of tuplets
        that overlap, one with all its notes here goes before others, and then a longer one.
        """
        beats = {start: metres.beat_of(start)[0] for start in starts}
        fitting: list[tuple[bool, Tuplet, set[int]]] = []
        for tuplet in tuplets:
            inside = {start for start in beats if tuplet.start <= start < tuplet.end}
            beside = any((start - beats[start]) % SHORTEST for start in inside)
            sixths = tuplet.end - tuplet.start == QUARTER and tuplet.count == 6
            part = len(inside) < tuplet.count
            if inside <= set(tuplet.places) and beside and not (sixths and part):
                fitting.append((part, tuplet, inside))
        mine: list[Tuplet] = []
        free = set(beats)
        for _, tuplet, inside in sorted(fitting, key=lambda each: each[0]):
            if not any(a.start < tuplet.end and tuplet.start < a.end for a in mine):
                mine.append(tuplet)
                free -= inside
        thirds = frozenset(beats[start] for start in free if (start - beats[start]) % SHORTEST)
        return cls(metres, thirds, tuple(sorted(mine, key=lambda tuplet: tuplet.start)))

    def tuplet_of(self, tick: float) -> Tuplet | None:
        """Return the tuplet that a tick is in."""
        place = bisect_right(self.tuplets, tick, key=lambda each: each.start) - 1
        found = self.tuplets[place] if place >= 0 else None
        return found if found and tick < found.end else None

    def bracket(self, start: int, end: int) -> Bracket | None:
        """Return the bracket that a note head is under; None if it is under none."""
        tuplet, length = self.tuplet_of(start), end - start
        if tuplet and (start, end) != (tuplet.start, tuplet.end) and end <= tuplet.end:
            unit = (tuplet.end - tuplet.start) // tuplet.normal
            written = unit * tuplet.parts(start, end)
            at = tuplet.exact(start)
            return Bracket(tuplet.start, tuplet.count, tuplet.normal, written, at)
        if length in WRITTEN or length >= QUARTER:
            return None
        beat, _ = self.metres.beat_of(start)
        return Bracket(beat, 3, 2, 3 * length // 2, Fraction(start))

    def in_thirds(self, tick: int) -> bool:
        """Whether the beat of a tick is divided in three."""
        return self.metres.beat_of(tick)[0] in self.thirds

    def in_three(self, tick: int) -> int:
        """Return where what begins at a tick is written, if its beat is divided in three."""
        if tuplet := self.tuplet_of(tick):
            return tuplet.nearest(tick)
        beat, _ = self.metres.beat_of(tick)
        return beat + AMONG_THIRDS.get(tick - beat, tick - beat) if beat in self.thirds else tick

    def nearest(self, tick: float) -> int:
        """Return the nearest place on the grid of its beat."""
        if tuplet := self.tuplet_of(tick):
            return tuplet.nearest(tick)
        beat, end = self.metres.beat_of(int(tick))
        step = THIRD if beat in self.thirds else SHORTEST * 2
        return min(end, beat + round((tick - beat) / step) * step)

    def after(self, tick: int) -> int:
        """Return the next place after one, no nearer than a sixteenth or a third of a beat."""
        if tuplet := self.tuplet_of(tick):
            return tuplet.after(tick)
        _, end = self.metres.beat_of(tick)
        return min(end, tick + (THIRD if self.in_thirds(tick) else 2 * SHORTEST))

    def until(self, start: int, tick: float) -> float:
        """Return the last place at or before `tick` where a note that begins at `start` may end.

        The other staff may divide the beat otherwise. There is always a place after `start`.
        """
        if tick == math.inf:
            return tick
        if tuplet := self.tuplet_of(tick):
            place = tuplet.before(tick)
            return place if place > start else tuplet.after(max(start, tuplet.start))
        beat, _ = self.metres.beat_of(int(tick))
        step = THIRD // 2 if beat in self.thirds else SHORTEST
        place = beat + (int(tick) - beat) // step * step
        return place if place > start else start + step

    def written(self, start: int, end: int, *, rest: bool = False) -> list[tuple[int, int]]:
        """Return the note heads, to be tied, of a note from `start` to `end`.

        No head crosses a bar line or has a length without a note value. A head hides a
        stronger beat than it begins or ends on only where syncopation allows it.
        """
        _, cut = self.metres.bar_of(start)
        if end > cut:
            return [*self.written(start, cut, rest=rest), *self.written(cut, end, rest=rest)]
        inside = self._cut(start, end, rest)
        if inside is None:
            return [(start, end)]
        return [*self.written(start, inside, rest=rest), *self.written(inside, end, rest=rest)]

    def _cut(self, start: int, end: int, rest: bool) -> int | None:
        """Return where a note inside a bar must be cut; None if it need not be."""
        for tuplet in (self.tuplet_of(start), self.tuplet_of(end - 1)):
            if tuplet and (start, end) != (tuplet.start, tuplet.end):
                return _cut_at(tuplet, start, end)
        for edge in (start, end - 1):  # a beat in three is not entered or left in its middle
            first, last = self.metres.beat_of(edge)
            if first in self.thirds:
                if start < first < end < last:
                    return first
                if first < start < last < end:
                    return last
        if (start, end) == self.metres.bar_of(start) and end - start in WRITTEN:
            return None
        inside = self._strongest(start, end)
        if self.in_thirds(start) and end - start < QUARTER:
            return None if end - start in IN_THIRDS else inside
        if end - start in WRITTEN and (inside is None or self._clear(start, end, inside, rest)):
            return None
        return inside if inside is not None else _longest(start, end)

    def _strongest(self, start: int, end: int) -> int | None:
        """Return the strongest place inside, of several the one nearest to the middle."""
        step = THIRD // 2 if self.in_thirds(start) else SHORTEST
        first = (start // step + 1) * step
        inside = [
            tick for tick in range(first, end, step)
            if not (tuplet := self.tuplet_of(tick)) or tick == tuplet.start
        ]  # fmt: skip
        level = self.metres.level
        return max(
            inside, key=lambda tick: (level(tick), -abs(2 * tick - start - end)), default=None
        )

    def _clear(self, start: int, end: int, inside: int, rest: bool) -> bool:
        """Return whether a length is readable although it hides a place inside it."""
        level = self.metres.level
        hidden, edges = level(inside), (level(start), level(end))
        if rest:  # a dotted rest hides no beat, unless beats are dotted themselves
            dotted = end - start not in PLAIN and not self.metres.at(start).compound
            return edges[0] >= hidden and not (dotted and hidden >= BEAT_LEVEL)
        if max(edges) >= hidden:
            return True
        plain = end - start in PLAIN
        return plain and hidden - max(edges) == 1 and end - start >= EIGHTH


def _cut_at(tuplet: Tuplet, start: int, end: int) -> int | None:
    """Return where a note that begins or ends in a tuplet must be cut; None if it need not be."""
    for edge in (tuplet.start, tuplet.end):
        if start < edge < end:
            return edge
    if not (tuplet.start <= start and end <= tuplet.end):
        return None
    parts = tuplet.parts(start, end)
    if parts in PARTS:
        return None
    first = tuplet.places.index(start)
    return tuplet.places[first + max(each for each in PARTS if each < parts)]


def _longest(start: int, end: int) -> int:
    """Return where the longest note value that fits ends."""
    return start + max(length for length in WRITTEN if length < end - start)
