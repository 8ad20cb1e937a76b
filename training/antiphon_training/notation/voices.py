"""The voices of one staff: at most two.

One voice flows from stroke to stroke, the other holds notes that sound longer. Other notes
that overlap are cut short: a score that is easy to read matters more than exact releases.
Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.notation.metres import EIGHTH, QUARTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon_training.notation.lengths import Ruler

HELD_ON = EIGHTH
"""A note may be held over the next stroke if it ends at least so much later."""

HELD = QUARTER
"""A note may be held if it lasts at least so long."""

JOINED = 0.55
"""A note that lasts for this share of the time to the next stroke is written up to it."""

LENGTHS = tuple(QUARTER * length // 4 for length in (1, 2, 4, 6, 8, 12, 16))
"""The lengths of notes that end before the next stroke."""

TIE = 0.8
"""The cost of a tie: as much as an error of this size in the logarithm of the length."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """A note with its written start, and its end as it was played."""

    start: int
    end: float
    pitch: int


@dataclass(frozen=True, slots=True)
class Event:
    """A written note or chord, from tick to tick."""

    start: int
    end: int
    pitches: tuple[int, ...]


def find_voices(notes: Sequence[Sounding], ruler: Ruler) -> tuple[list[Event], list[Event]]:
    """Return the flowing voice and the holding voice of notes sorted by start."""
    strokes: dict[int, list[Sounding]] = {}
    for note in notes:
        strokes.setdefault(note.start, []).append(note)
    starts = sorted(strokes)
    flowing: list[tuple[int, float, tuple[int, ...]]] = []
    holding: list[Event] = []
    free = 0
    for index, start in enumerate(starts):
        chord = strokes[start]
        following = starts[index + 1] if index + 1 < len(starts) else None
        held = _held(chord, following) if free <= start and following is not None else []
        if held and following is not None:
            end = _held_end(held, starts[index + 1 :], strokes, ruler)
            if end > following:
                holding.append(Event(start, end, _pitches(held)))
                free = end
                chord = [note for note in chord if note not in held]
        if chord:
            flowing.append((start, max(note.end for note in chord), _pitches(chord)))
    return _flow(flowing, ruler), holding


def _pitches(chord: Sequence[Sounding]) -> tuple[int, ...]:
    return tuple(sorted({note.pitch for note in chord}))


def _held(chord: Sequence[Sounding], following: int | None) -> list[Sounding]:
    """Return the notes of a stroke that sound well over the next one."""
    if following is None:
        return []
    long = [
        note for note in chord
        if note.end - following >= HELD_ON and note.end - note.start >= HELD
    ]  # fmt: skip
    if len(long) < 2:
        return long
    # Notes that end much sooner than the longest one belong to the flowing voice.
    longest = max(note.end for note in long)
    return [note for note in long if longest - note.end < QUARTER]


def _held_end(
    held: Sequence[Sounding],
    later: Sequence[int],
    strokes: dict[int, list[Sounding]],
    ruler: Ruler,
) -> int:
    """Return where held notes end: on a place of the grid, before they are struck again."""
    end = min(note.end for note in held)
    pitches = {note.pitch for note in held}
    for start in later:
        if start >= end:
            break
        if pitches & {note.pitch for note in strokes[start]}:
            end = float(start)
    step = QUARTER if end - held[0].start >= 2 * QUARTER else EIGHTH
    rounded = min([round(end / step) * step, *(s for s in later if s >= end
                   and pitches & {note.pitch for note in strokes[s]})])  # fmt: skip
    return ruler.nearest(rounded)


def _flow(strokes: Sequence[tuple[int, float, tuple[int, ...]]], ruler: Ruler) -> list[Event]:
    """Return the strokes of one voice with their written ends."""
    events = []
    for index, (start, end, pitches) in enumerate(strokes):
        following = strokes[index + 1][0] if index + 1 < len(strokes) else None
        events.append(Event(start, _end(start, end, following, ruler), pitches))
    return events


def _end(start: int, end: float, following: int | None, ruler: Ruler) -> int:
    """Return the tick at which a note is written to end."""
    if following is not None:
        room = following - start
        joined = room <= QUARTER or end - start >= JOINED * room
        if joined and room <= 2 * ruler.metres.at(start).bar:
            return following
    wanted = max(end - start, LENGTHS[0])
    ends = {ruler.nearest(start + length) for length in (*LENGTHS, wanted)}
    ends.add(ruler.after(start))
    if following is not None:
        ends = {min(each, following) for each in ends}

    def strain(each: int) -> float:
        """Return the cost of an end: its error, and the note heads that it needs."""
        heads = len(ruler.written(start, each))
        return abs(math.log((each - start) / wanted)) + TIE * (heads - 1)

    return min((each for each in sorted(ends) if each > start), key=strain)
