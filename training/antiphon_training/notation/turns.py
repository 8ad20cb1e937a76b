"""Short trills, mordents and turns: three to five quick notes around one. Times are seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.lines import SHORT_BEATS, STEP, THIRD_BEATS, TOGETHER
from antiphon_training.notation.signs import Kind, Sign

if TYPE_CHECKING:
    from collections.abc import Container

    from antiphon_training.notation.lines import Lines

QUICK, QUICK_HEARD = 0.09, 0.075
"""The longest time from one note of an ornament to the next, where beats are told, and where
they are not: there, sixteenths may be as quick."""

BEFORE = 1.9
"""The note before is so many times as long as the longest step of an ornament, at least: runs
and figures go on at their pace."""

BEFORE_THREE, HELD_THREE = 2.5, 2.9
"""The same of ornaments of three notes, and of their last: a sixteenth after two thirty-seconds
is a rhythm."""

HELD, HELD_HEARD = 1.4, 1.9
"""The last note, or else the one that follows, is so many times as long, where beats are told,
and where they are not."""

EVEN, EVEN_HEARD = 1.3, 2.0
"""Its longest step is so many times as long as its shortest, at most, where beats are told, and
where they are not."""

IN_THREE = 0.05
"""How far a step is from a twelfth of a beat, at most, in those."""

FIGURE, FIGURES = 0.6, 4
"""So many ornaments, each within so many seconds of the one before, are a figure: Chopin's study
op. 25, 3."""

LONG = 2.0
"""How far a note before or after is looked for."""

SHAPES = {
    (0, 1, 0): Kind.SHORT_TRILL,
    (0, -1, 0): Kind.MORDENT,
    (1, 0, 1, 0): Kind.TRILL,
    (1, 0, -1, 0): Kind.TURN,
    (-1, 0, 1, 0): Kind.INVERTED_TURN,
    (0, 1, 0, 1, 0): Kind.TRILL,
    (0, 1, 0, -1, 0): Kind.TURN,
    (0, -1, 0, 1, 0): Kind.INVERTED_TURN,
}
"""The ornaments, by the side of the main note that each of their notes is on."""

MOST = max(map(len, SHAPES))


@dataclass(frozen=True, slots=True)
class Short:
    """A short ornament.

    Attributes
    ----------
    main : int
        The index of the note that has it.
    others : tuple of int
        The notes that its sign stands for.
    end : int
        The note with which it ends.
    sign : Sign
        The sign.
    """

    main: int
    others: tuple[int, ...]
    end: int
    sign: Sign


def find_turns(lines: Lines, busy: Container[int]) -> list[Short]:
    """Return short trills, mordents and turns among the notes that are not `busy`."""
    found: list[Short] = []
    taken: set[int] = set()
    for first in range(len(lines.onsets)):
        if first in taken or first in busy:
            continue
        path = _path(lines, first)
        for count in range(len(path), 2, -1):
            short = _short(lines, path[:count])
            if short and not any(n in busy or n in taken for n in (short.main, *short.others)):
                found.append(short)
                taken.update((short.main, *short.others))
                break
    return _no_figures(lines, found)


def _no_figures(lines: Lines, found: list[Short]) -> list[Short]:
    """Return ornaments without those that follow one another as a figure does."""
    rows: list[list[Short]] = []
    for short in found:
        apart = lines.onsets[short.end] - lines.onsets[rows[-1][-1].end] if rows else FIGURE
        if apart < FIGURE:
            rows[-1].append(short)
        else:
            rows.append([short])
    return [short for row in rows if len(row) < FIGURES for short in row]


def _path(lines: Lines, first: int) -> list[int]:
    """Return notes from one on, each shortly after the one before and a step beside it."""
    path = [first]
    quick = QUICK_HEARD if lines.beats is None else QUICK
    while len(path) < MOST:
        now = path[-1]
        following = next(lines.after(now, TOGETHER, quick), None)
        if following is None or lines.beats_between(now, following) > THIRD_BEATS:
            break
        if not 0 < abs(int(lines.pitches[following] - lines.pitches[now])) <= STEP:
            break
        path.append(following)
    return path


def _short(lines: Lines, path: list[int]) -> Short | None:
    """Return the ornament that some notes are; None if they have another shape, or go on."""
    pitches = lines.pitches[path]
    main = int(pitches[-1])
    sides = np.sign(pitches - main)
    kind = SHAPES.get(tuple(sides.tolist()))
    around = {int(pitch) for pitch in pitches}
    if kind is None or len(around) != len(set(sides.tolist())) or not _set_off(lines, path):
        return None
    upper = max(around) if max(around) > main else None
    lower = min(around) if min(around) < main else None
    before = _neighbour(lines, path[0], -1)
    delayed = len(path) == 4 and kind in (Kind.TURN, Kind.INVERTED_TURN)
    if before is not None and delayed and _leads_on(lines, path, before, main):
        return Short(before, tuple(path), path[-1], Sign(kind, upper, lower, delayed=True))
    if kind is Kind.SHORT_TRILL and lines.beats_between(*path[:2]) and not _held(lines, path):
        kind = Kind.TRILL
    return Short(path[-1], tuple(path[:-1]), path[-1], Sign(kind, upper, lower))


def _leads_on(lines: Lines, path: list[int], before: int, main: int) -> bool:
    """Return whether the note before an ornament is its main note, and sounds up to it."""
    end = lines.onsets[before] + lines.durations[before]
    near = float(np.diff(lines.onsets[path]).max())
    return int(lines.pitches[before]) == main and bool(end > lines.onsets[path[0]] - near)


def _set_off(lines: Lines, path: list[int]) -> bool:
    """Return whether the notes before and after an ornament are slower, and it is alone."""
    onsets = lines.onsets[path]
    steps = np.diff(onsets)
    if steps.max() > (EVEN_HEARD if lines.beats is None else EVEN) * steps.min():
        return False
    inside = lines.within(path[-1], onsets[0] + TOGETHER, onsets[-1] - TOGETHER)
    if any(n not in path for n in inside):
        return False
    three, told = len(path) == 3, lines.beats is not None
    longest = float(steps.max())
    before, after = _neighbour(lines, path[0], -1), _neighbour(lines, path[-1], 1)
    if before is not None and onsets[0] - lines.onsets[before] < longest * (
        BEFORE_THREE if three else BEFORE
    ):
        return False
    step = lines.beats_between(path[0], path[-1]) / (len(path) - 1)
    held = HELD_THREE if three else HELD if told else HELD_HEARD
    if _lasts(lines, path[-1], after, held * longest):
        return not (three and step > SHORT_BEATS) and not _before_the_beat(lines, path)
    if after is None or not told or (three and not _in_three(step)):
        return False
    # It fills its time up to the next note, which is slower.
    even = lines.onsets[after] - onsets[-1] <= EVEN * longest
    return bool(even) and _lasts(lines, after, _neighbour(lines, after, 1), HELD * longest)


def _held(lines: Lines, path: list[int]) -> bool:
    """Return whether the last note is longer than the others."""
    step = float(lines.onsets[path[-1]] - lines.onsets[path[-2]])
    return _lasts(lines, path[-1], _neighbour(lines, path[-1], 1), HELD_THREE * step)


def _in_three(beats: float) -> bool:
    """Return whether a step is a sixteenth in three, or half of one."""
    return abs(12 * beats - round(12 * beats)) < IN_THREE and 1 <= round(12 * beats) <= 2


def _before_the_beat(lines: Lines, path: list[int]) -> bool:
    """Return whether the last note is in its place in the bar, and the others are grace notes.

    Where no beats are told, it is half-way between the notes before and after.
    """
    edges = [path[0], path[-1]]
    if lines.beats is None:
        before, after = _neighbour(lines, edges[0], -1), _neighbour(lines, edges[1], 1)
        if before is None or after is None:
            return False
        middle = (lines.onsets[before] + lines.onsets[after]) / 2
        first, last = np.abs(lines.onsets[edges] - middle).tolist()
        return bool(last < first)
    return lines.leads_to_the_beat(*edges)


def _lasts(lines: Lines, note: int, after: int | None, least: float) -> bool:
    """Return whether it takes some time at least from a note to the one after it."""
    return after is None or bool(lines.onsets[after] - lines.onsets[note] >= least)


def _neighbour(lines: Lines, note: int, way: int) -> int | None:
    """Return the last note of its line before one, or the first after it, if it is near."""
    onset = float(lines.onsets[note])
    if way > 0:
        return min(lines.within(note, onset + TOGETHER, onset + LONG), default=None)
    return max(lines.within(note, onset - LONG, onset - TOGETHER), default=None)
