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

EXACT = 1.5
"""Ticks: a note that ends so near to a beat was meant to end there."""

TIE = 0.8
"""The cost of a tie: as much as an error of this size in the logarithm of the length."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """A note of one hand.

    Attributes
    ----------
    start : int
        Where it is written to begin.
    end : float
        Where it ended as it was played.
    pitch : int
        MIDI note number.
    again : float
        Where either hand strikes its key again; it cannot be written beyond.
    """

    start: int
    end: float
    pitch: int
    again: float = math.inf


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
    flowing: list[tuple[int, list[Sounding]]] = []
    holding: list[Event] = []
    free = 0
    for index, start in enumerate(starts):
        chord = strokes[start]
        following = starts[index + 1] if index + 1 < len(starts) else None
        held = _held(chord, following) if free <= start and following is not None else []
        if held and following is not None:
            end = _held_end(held, ruler)
            if end > following:
                holding.append(Event(start, end, _pitches(held)))
                free = end
                chord = [note for note in chord if note not in held]
        if chord:
            flowing.append((start, chord))
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


def _held_end(held: Sequence[Sounding], ruler: Ruler) -> int:
    """Return where held notes end: on a place of the grid, before they are struck again."""
    end, again = min(note.end for note in held), _again(held, ruler)
    step = QUARTER if min(end, again) - held[0].start >= 2 * QUARTER else EIGHTH
    return int(min(ruler.nearest(ruler.metres.rounded(end, step)), again))


def _again(chord: Sequence[Sounding], ruler: Ruler) -> float:
    """Return where a chord must end, for one of its keys is struck again."""
    return ruler.until(chord[0].start, min(note.again for note in chord))


def _flow(strokes: Sequence[tuple[int, list[Sounding]]], ruler: Ruler) -> list[Event]:
    """Return the strokes of one voice with their written ends."""
    events = []
    for index, (start, chord) in enumerate(strokes):
        following = strokes[index + 1][0] if index + 1 < len(strokes) else math.inf
        latest = min(following, _again(chord, ruler))
        end = max(note.end for note in chord)
        events.append(Event(start, _end(start, end, latest, ruler), _pitches(chord)))
    return events


def _end(start: int, end: float, latest: float, ruler: Ruler) -> int:
    """Return the tick at which a note is written to end, at `latest` or before."""
    strong = _strong(start, end, latest, ruler)
    if strong is not None:
        return strong
    room = latest - start
    joined = room <= QUARTER or end - start >= JOINED * room
    if joined and room <= 2 * ruler.metres.at(start).bar:
        return int(latest)
    wanted = max(end - start, LENGTHS[0])
    ends = {ruler.nearest(start + length) for length in (*LENGTHS, wanted)}
    ends = {int(min(each, latest)) for each in (*ends, ruler.after(start))}

    def strain(each: int) -> float:
        """Return the cost of an end: its error, and the note heads that it needs."""
        heads = len(ruler.written(start, each))
        return abs(math.log((each - start) / wanted)) + TIE * (heads - 1)

    return min((each for each in sorted(ends) if each > start), key=strain)


def _strong(start: int, end: float, latest: float, ruler: Ruler) -> int | None:
    """Return the beat at which a note ends, if it hides there from what follows on a weaker one.

    Prolonged to the next stroke it would need a tie over that beat.
    """
    beat = ruler.metres.rounded(end, QUARTER)
    if not start < beat < latest or abs(end - beat) > EXACT or latest == math.inf:
        return None
    level = ruler.metres.level
    return beat if level(beat) > level(int(latest)) else None
