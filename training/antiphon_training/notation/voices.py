"""The voices of one staff: what is held, and what moves meanwhile.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter. A staff has at most two
voices: one flows from stroke to stroke, another holds what sounds on. What else
overlaps is cut short: a page says when to strike a key, and the ear does the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon_training.notation.metre import EIGHTH, QUARTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon_training.notation.lengths import Ruler

HELD_ON = EIGHTH
"""A note is held over the next stroke if it sounds so much longer."""

HELD = QUARTER
"""And if it lasts so long at all."""

JOINED = 0.55
"""A note that fills this share of the time to the next stroke is written to fill it."""

LENGTHS = tuple(QUARTER * length // 4 for length in (1, 2, 4, 6, 8, 12, 16))
"""What a note may last that ends before the next stroke."""

TIE = 0.8
"""A tie is as bad as a length that is wrong by this in its logarithm."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """A note with its place on the page, and its end as it was played."""

    start: int
    end: float
    pitch: int


@dataclass(frozen=True, slots=True)
class Event:
    """What is written: a note, a chord, from tick to tick."""

    start: int
    end: int
    pitches: tuple[int, ...]


def find_voices(notes: Sequence[Sounding], ruler: Ruler) -> tuple[list[Event], list[Event]]:
    """Return the voice that flows and the voice that holds, of notes sorted by start."""
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
    # Those of one length; what ends much sooner than the longest flows on.
    longest = max(note.end for note in long)
    return [note for note in long if longest - note.end < QUARTER]


def _held_end(
    held: Sequence[Sounding],
    later: Sequence[int],
    strokes: dict[int, list[Sounding]],
    ruler: Ruler,
) -> int:
    """Return where held notes end: on a beat or between, and before they are struck anew."""
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
    """Return the strokes of one voice with the ends that are written."""
    events = []
    for index, (start, end, pitches) in enumerate(strokes):
        following = strokes[index + 1][0] if index + 1 < len(strokes) else None
        events.append(Event(start, _end(start, end, following, ruler), pitches))
    return events


def _end(start: int, end: float, following: int | None, ruler: Ruler) -> int:
    """Return the tick at which a note ends on the page."""
    if following is not None:
        room = following - start
        joined = room <= QUARTER or end - start >= JOINED * room
        if joined and room <= 2 * ruler.metre.bar:
            return following
    wanted = max(end - start, LENGTHS[0])
    ends = {ruler.nearest(start + length) for length in (*LENGTHS, wanted)}
    ends.add(ruler.after(start))
    if following is not None:
        ends = {min(each, following) for each in ends}

    def strain(each: int) -> float:
        """Tell how ill an end is read: how wrong it is, and how many note heads it takes."""
        heads = len(ruler.written(start, each))
        return abs(math.log((each - start) / wanted)) + TIE * (heads - 1)

    return min((each for each in sorted(ends) if each > start), key=strain)
