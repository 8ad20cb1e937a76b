"""Trills: two neighbouring pitches in quick alternation. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.notation.lines import SHORT_BEATS, STEP, THIRD_BEATS, TOGETHER

if TYPE_CHECKING:
    from antiphon_training.notation.lines import Lines

LEAST = 6
"""Notes of a trill; shorter ones are among `turns`."""

QUICK = 0.09
"""The longest time from one note of a trill to the next: sixteenths at 160 beats a minute are
slower."""

FAR = 4
"""Semitones from a trill to the note that its end leads to, at most."""


@dataclass(frozen=True, slots=True)
class Trill:
    """A trill.

    Attributes
    ----------
    notes : list of int
        Its notes, by index, in order.
    suffix : tuple of int
        The lower neighbour and the main note that end it; mostly none.
    to : int or None
        The note that these lead to.
    """

    notes: list[int]
    suffix: tuple[int, ...] = ()
    to: int | None = None


def find_trills(lines: Lines) -> list[Trill]:
    """Return the trills of notes."""
    found: list[Trill] = []
    taken: set[int] = set()
    for first in range(len(lines.onsets)):
        if first in taken:
            continue
        trills = (_alternation(lines, first, away) for away in range(-STEP, STEP + 1) if away)
        longest = max(trills, key=len)
        if len(longest) >= LEAST and taken.isdisjoint(longest):
            trill = _ended(lines, longest)
            found.append(trill)
            taken.update((*trill.notes, *trill.suffix))
    return found


def _ended(lines: Lines, notes: list[int]) -> Trill:
    """Return a trill with its end: the lower neighbour, the main note, and what follows it."""
    main = min(int(lines.pitches[n]) for n in notes)
    wanted = [range(main - STEP, main), range(main, main + 1)]
    end: list[int] = []
    for pitches in (*wanted, range(main - FAR, main + FAR + 1)):
        now = end[-1] if end else notes[-1]
        following = next(lines.after(now, TOGETHER, QUICK), None)
        near = following is not None and lines.beats_between(now, following) <= THIRD_BEATS
        if following is None or not near or int(lines.pitches[following]) not in pitches:
            return Trill(notes)
        end.append(following)
    *suffix, to = end
    if int(lines.pitches[to]) == main:
        return Trill(notes)
    return Trill(notes, tuple(suffix), to)


def _alternation(lines: Lines, first: int, away: int) -> list[int]:
    """Return the notes, from one on, that go to a pitch so far away and come back, in turn."""
    chain, wanted = [first], int(lines.pitches[first]) + away
    while True:
        now = chain[-1]
        following = next(
            (n for n in lines.after(now, TOGETHER, QUICK) if lines.pitches[n] == wanted), None
        )
        if following is None or lines.beats_between(now, following) > SHORT_BEATS:
            return chain
        wanted = int(lines.pitches[now])
        chain.append(following)
