"""Time signatures, and the bars that they make.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.notation.beats import BEAT

if TYPE_CHECKING:
    from collections.abc import Iterator

QUARTER = BEAT
WHOLE, HALF, EIGHTH = 4 * BEAT, 2 * BEAT, BEAT // 2
DOTTED = 3 * BEAT // 2

THIRDS = {DOTTED // 2: 16, DOTTED: 8, 2 * DOTTED: 4}
"""The beats that are divided in three, in ticks, each with the note value of its thirds."""


@dataclass(frozen=True, slots=True)
class Metre:
    """A time signature.

    Attributes
    ----------
    beats : int
        Beats a bar.
    beat : int
        Ticks a beat: `QUARTER`, another note value, or in a compound metre one of `THIRDS`.
    """

    beats: int
    beat: int = QUARTER

    @classmethod
    def of(cls, count: int, unit: int) -> Metre | None:
        """Return the metre of a signature such as 3 and 4; None where a page cannot have it."""
        if count < 1 or unit < 1 or WHOLE % unit:
            return None
        third = WHOLE // unit
        if count % 3 == 0 and count > 3 and 3 * third in THIRDS:
            return cls(count // 3, 3 * third)
        return cls(count, third)

    @property
    def compound(self) -> bool:
        """Whether beats are divided in three."""
        return self.beat in THIRDS

    @property
    def bar(self) -> int:
        """Ticks a bar."""
        return self.beats * self.beat

    @property
    def signature(self) -> str:
        """The time signature as text: "3/4", "6/8"."""
        if self.compound:
            return f"{3 * self.beats}/{THIRDS[self.beat]}"
        return f"{self.beats}/{WHOLE // self.beat}"

    def level(self, place: int) -> int:
        """Return how strong a place of the bar is, in ticks from its beginning.

        5 for the beginning, 4 for the middle of four beats and for the half of a bar in halves,
        3 for a beat, 2 for an eighth or a third of a beat, 1 for a sixteenth, 0 for the rest.
        """
        place %= self.bar
        if place == 0:
            return 5
        if place % self.beat == 0:
            return 4 if self.beat == HALF or (self.beats == 4 and place == 2 * self.beat) else 3
        if place % QUARTER == 0 and self.beat % QUARTER == 0:
            return 3
        if place % EIGHTH == 0 or (not self.compound and place % (QUARTER // 3) == 0):
            return 2
        return 1 if place % (EIGHTH // 2) == 0 else 0


@dataclass(frozen=True, slots=True)
class Metres:
    """The metres of a piece.

    Attributes
    ----------
    changes : tuple of (int, Metre)
        The tick of each change, ascending, and the metre from there on; the first is at 0.
        Each begins a bar, and ends the bar before it.
    """

    changes: tuple[tuple[int, Metre], ...]

    @classmethod
    def only(cls, metre: Metre) -> Metres:
        """Return one metre for all the piece."""
        return cls(((0, metre),))

    @property
    def first(self) -> Metre:
        """The metre of the beginning."""
        return self.changes[0][1]

    def at(self, tick: int) -> Metre:
        """Return the metre at a tick."""
        return self.changes[self._place(tick)][1]

    def bar_of(self, tick: int) -> tuple[int, int]:
        """Return where the bar begins that a tick is in, and where it ends."""
        place = self._place(tick)
        since, metre = self.changes[place]
        start = since + (tick - since) // metre.bar * metre.bar
        end = start + metre.bar
        if place + 1 < len(self.changes):
            end = min(end, self.changes[place + 1][0])
        return start, end

    def beat_of(self, tick: int) -> tuple[int, int]:
        """Return where the quarter begins that a tick is in, counted in its bar, and its end.

        The last one is shorter in a bar that is not made of quarters.
        """
        start, end = self.bar_of(tick)
        beat = start + (tick - start) // QUARTER * QUARTER
        return beat, min(beat + QUARTER, end)

    def rounded(self, tick: float, step: int) -> int:
        """Return the multiple of a step, counted in its bar, that is nearest to a tick."""
        start, end = self.bar_of(int(tick))
        return min(start + round((tick - start) / step) * step, end)

    def level(self, tick: int) -> int:
        """Return how strong a tick is: see `Metre.level`."""
        since, metre = self.changes[self._place(tick)]
        return metre.level(tick - since)

    def bars(self, last: int) -> Iterator[tuple[int, int]]:
        """Yield where each bar begins and ends, up to the bar that ends at `last` or later."""
        end = 0
        while end < max(last, 1):
            start, end = self.bar_of(end)
            yield start, end

    def _place(self, tick: int) -> int:
        return max(bisect_right(self.changes, tick, key=lambda change: change[0]) - 1, 0)
