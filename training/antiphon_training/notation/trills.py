"""Trills: two neighbouring pitches in quick alternation. Times are seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.notation.lines import SHORT_BEATS, STEP

if TYPE_CHECKING:
    from antiphon_training.notation.lines import Lines

LEAST = 6
"""Notes of a trill; shorter ones are written out."""

QUICK = 0.09
"""The longest time from one note of a trill to the next: sixteenths at 160 beats a minute are
slower."""

SLOWEST = 0.02
"""The shortest; what is nearer was struck together."""


def find_trills(lines: Lines) -> list[list[int]]:
    """Return the notes of each trill, by index, in order."""
    found: list[list[int]] = []
    taken: set[int] = set()
    for first in range(len(lines.onsets)):
        if first in taken:
            continue
        trills = (_alternation(lines, first, away) for away in range(-STEP, STEP + 1) if away)
        longest = max(trills, key=len)
        if len(longest) >= LEAST and taken.isdisjoint(longest):
            found.append(longest)
            taken.update(longest)
    return found


def _alternation(lines: Lines, first: int, away: int) -> list[int]:
    """Return the notes, from one on, that go to a pitch so far away and come back, in turn."""
    chain, wanted = [first], int(lines.pitches[first]) + away
    while True:
        now = chain[-1]
        following = next(
            (n for n in lines.after(now, SLOWEST, QUICK) if lines.pitches[n] == wanted), None
        )
        if following is None or lines.beats_between(now, following) > SHORT_BEATS:
            return chain
        wanted = int(lines.pitches[now])
        chain.append(following)
