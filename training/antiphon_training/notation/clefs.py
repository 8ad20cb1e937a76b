"""The clefs of a staff: few ledger lines, and few changes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon_training.notation.lengths import BEAT_LEVEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon_training.notation.heads import Bar, Head
    from antiphon_training.notation.metres import Metres

TREBLE, BASS = (57, 81), (40, 64)
"""The pitches that a clef shows with two ledger lines at most: players read them at once."""

LEDGER = 3.5
"""Semitones from one ledger line to the next."""

CLEF_CHANGE, CHANGE_INSIDE = 5.0, 10.0
"""The cost of a change of clef at a bar line, and inside a bar, in squares of the further ledger
lines of each stroke."""


def with_clefs(bars: Sequence[Bar], metres: Metres, *, treble: bool) -> list[Bar]:
    """Return bars with their clefs; `treble` is the one that a staff has by default."""
    parts = [list(_parts(bar, metres)) for bar in bars]
    path = iter(_path(parts, treble=treble))
    out = []
    for bar, inside in zip(bars, parts, strict=True):
        found = [(start, next(path)) for start, _ in inside]
        turns = [b for (_, before), (b, now) in itertools.pairwise(found) if before != now]
        out.append(replace(bar, treble=found[0][1], turns=tuple(turns)))
    return out


def _parts(bar: Bar, metres: Metres) -> Iterator[tuple[int, list[Head]]]:
    """Yield the parts of a bar before which a clef may change: the notes from a beat on."""
    heads = [head for head in (*bar.flowing, *bar.holding) if head.pitches]
    cuts = [
        head.start
        for head in bar.flowing
        if head.pitches
        and head.start > bar.start
        and metres.level(head.start) >= BEAT_LEVEL
        and not any(each.start < head.start < each.end for each in heads)
    ]
    for start, end in itertools.pairwise((bar.start, *cuts, bar.end)):
        yield start, [head for head in heads if start <= head.start < end]


def _path(bars: Sequence[Sequence[tuple[int, list[Head]]]], *, treble: bool) -> list[bool]:
    """Return for each part whether it is in the treble clef: the cheapest way through all."""
    score = [CLEF_CHANGE * treble, CLEF_CHANGE * (not treble)]
    back: list[tuple[int, int]] = []
    parts = ((number, heads) for bar in bars for number, (_, heads) in enumerate(bar))
    for number, heads in parts:
        change = CHANGE_INSIDE if number else CLEF_CHANGE
        cost = [sum(_ledgers(head, *clef) ** 2 for head in heads) for clef in (BASS, TREBLE)]
        stay_bass = score[0] <= score[1] + change
        stay_treble = score[1] <= score[0] + change
        came = (0 if stay_bass else 1), (1 if stay_treble else 0)
        score = [
            cost[now] + score[before] + change * (before != now) for now, before in enumerate(came)
        ]
        back.append(came)
    state = int(score[1] <= score[0])
    clefs = []
    for came in reversed(back):
        clefs.append(bool(state))
        state = came[state]
    return clefs[::-1]


def _ledgers(head: Head, low: int, high: int) -> float:
    """Return how many ledger lines a head needs beyond the pitches of a clef."""
    return max(low - head.pitches[0], head.pitches[-1] - high, 0) / LEDGER
