"""The bars of one staff: complete voices with their rests, and a clef.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon_training.notation.clefs import with_clefs
from antiphon_training.notation.graces import grace_name
from antiphon_training.notation.heads import Bar, Head
from antiphon_training.notation.lengths import BEAT_LEVEL
from antiphon_training.notation.signs import ornament

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from antiphon_training.notation.lengths import Ruler
    from antiphon_training.notation.page import Page, Staff
    from antiphon_training.notation.spelling import Name
    from antiphon_training.notation.voices import Event


def divide(page: Page, staff: Staff, *, treble: bool) -> list[Bar]:
    """Return the bars of a staff; `treble` says which clef it has by default."""
    flowing, holding = (_by_bar(page, staff, voice) for voice in (staff.flowing, staff.holding))
    bars = []
    for number, (line, end) in enumerate(page.spans):
        start = line + (page.pickup if number == 0 else 0)
        flow, hold = flowing[number], holding[number]
        # Rests are visible in the flowing voice, if it has notes, where no note is held.
        held = [(head.start, head.end) for head in hold] if flow else [(start, end)] * bool(hold)
        upper = _complete(staff.ruler, flow, (start, end), held, off_beat=bool(flow))
        lower = _complete(staff.ruler, hold, (start, end), [(start, end)] * bool(flow))
        above = _height(hold) > _height(flow)
        whole = end - start == page.metres.at(start).bar
        bars.append(Bar(start, end, upper, lower if hold else (), above, treble, whole))
    return with_clefs(bars, page.metres, treble=treble)


def _by_bar(page: Page, staff: Staff, events: Sequence[Event]) -> list[list[Head]]:
    """Return the heads of a voice, bar by bar."""
    starts = [start for start, _ in page.spans]
    out: list[list[Head]] = [[] for _ in starts]
    for event in events:
        pieces = staff.ruler.written(event.start, event.end)
        names = tuple(staff.names[event.start, pitch] for pitch in event.pitches)
        for index, (start, end) in enumerate(pieces):
            tied = index < len(pieces) - 1
            number = bisect_right(starts, start) - 1
            under = staff.ruler.bracket(start, end)
            head = Head(start, end, event.pitches, names, tied, bracket=under)
            for pitch, name in zip(event.pitches, names, strict=True):
                sign = page.signs.get((event.start, pitch))
                if sign and not (tied if sign.delayed else index):
                    head = replace(head, ornament=ornament(sign, name, page.key_at(start)))
            out[number].append(head if index else _ornamented(page, event, head))
    return out


def _ornamented(page: Page, event: Event, head: Head) -> Head:
    """Return the first head of an event with its ornaments."""
    places = [(event.start, pitch) for pitch in event.pitches]
    graces: tuple[Name, ...] = ()
    for place, main in zip(places, head.names, strict=True):
        for grace in reversed(page.graces.get(place, ())):
            graces = (grace_name(grace, graces[0] if graces else main), *graces)
        if graces:
            break
    return replace(
        head,
        graces=graces,
        rolled=len(places) > 1 and any(place in page.rolled for place in places),
    )


def _complete(
    ruler: Ruler,
    heads: Sequence[Head],
    span: tuple[int, int],
    hidden: Sequence[tuple[int, int]],
    *,
    off_beat: bool = False,
) -> tuple[Head, ...]:
    """Return the heads of a bar with rests between them, invisible inside of `hidden`.

    With `off_beat` those that end between two beats are visible there too.
    """
    whole: list[Head] = []
    place = span[0]
    for head in (*heads, Head(span[1], span[1])):
        if head.start > place:
            silent = (place, head.start)
            whole_bar = silent == span == ruler.metres.bar_of(span[0])
            pieces = [silent] if whole_bar else ruler.written(*silent, rest=True)
            for start, end in pieces:
                unseen = any(a <= start and end <= b for a, b in hidden)
                if off_beat and ruler.metres.level(end) < BEAT_LEVEL:
                    unseen = False
                under = None if whole_bar else ruler.bracket(start, end)
                whole.append(Head(start, end, shown=not unseen, bracket=under))
        if head.end > head.start:
            whole.append(head)
        place = head.end
    return tuple(whole)


def _pitches(heads: Iterable[Head]) -> list[int]:
    return [pitch for head in heads for pitch in head.pitches]


def _height(heads: Iterable[Head]) -> float:
    """Return the mean pitch of one voice in a bar; -1 where it is silent."""
    pitches = _pitches(heads)
    return sum(pitches) / len(pitches) if pitches else -1.0
