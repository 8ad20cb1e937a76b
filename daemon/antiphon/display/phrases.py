"""The phrases of each side, for a line a phrase.

The partner's own detector (`antiphon.partner.listening.phrase`) answers another
question: when it may begin to play. It knows no phrase of the partner's, ends none in
the modes that do not wait for a pause, and puts an end off where a pedal or a slow
player asks for it. A line here is what sounded, from either side and in every mode, so
it is made from the notes themselves. Times are seconds of one clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antiphon.display.feed import Side
from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.messages.spec import ALL_NOTES_OFF, ALL_SOUND_OFF
from antiphon.music.pitch_sets import pitch_label

if TYPE_CHECKING:
    from antiphon.messages import Event

PAUSE = 0.6
"""Seconds without a key down that end a phrase."""

HANDOVER = 0.15
"""Seconds without a key down that end a phrase when the other side begins to play."""

_SIDES = {Side.PLAYER: "player", Side.PARTNER: "partner"}


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """A phrase that has ended."""

    side: Side
    begin: float
    seconds: float
    notes: int
    lowest: int
    highest: int

    def text(self, origin: float) -> str:
        """Return the line, its time counted from `origin`."""
        notes = f"{self.notes:4d} note{'s' if self.notes > 1 else ' '}"
        compass = f"{pitch_label(self.lowest)}\N{EN DASH}{pitch_label(self.highest)}"
        begin = f"{self.begin - origin:8.1f} s"
        return f"{begin}  {_SIDES[self.side]:<7}  {notes}  {compass:<7}  {self.seconds:5.1f} s"


@dataclass(slots=True)
class _Open:
    """A phrase that has not ended."""

    begin: float = math.nan
    notes: int = 0
    lowest: int = 127
    highest: int = 0
    moved: float = -math.inf
    down: set[tuple[int, int]] = field(default_factory=set)


class Phrases:
    """Follows both sides and returns the phrases that have ended."""

    def __init__(self) -> None:
        self._open = {side: _Open() for side in Side}

    def hear(self, side: Side, event: Event) -> list[PhraseLine]:
        """Take an event; return the phrases that ended before it."""
        ended: list[PhraseLine] = []
        match event:
            case NoteOn():
                ended = self.ended(event.time)
                other = Side.PLAYER if side is Side.PARTNER else Side.PARTNER
                ended += self._end_if_quiet(other, event.time - HANDOVER)
                self._press(self._open[side], event)
            case NoteOff():
                self._release(self._open[side], {(event.channel, event.pitch)}, event.time)
            case Control(control=number) if number in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                mine = self._open[side]
                silenced = {key for key in mine.down if key[0] == event.channel}
                self._release(mine, silenced, event.time)
        return ended

    def ended(self, now: float) -> list[PhraseLine]:
        """Return the phrases that have ended by now, the earlier first."""
        lines = [line for side in Side for line in self._end_if_quiet(side, now - PAUSE)]
        return sorted(lines, key=lambda line: line.begin)

    def close(self, now: float) -> list[PhraseLine]:
        """End the phrases that have not ended, and return them."""
        for phrase in self._open.values():
            self._release(phrase, set(phrase.down), now)
        return self.ended(math.inf)

    @property
    def going(self) -> bool:
        """Whether a phrase has begun that has not ended."""
        return any(phrase.notes for phrase in self._open.values())

    def _press(self, phrase: _Open, event: NoteOn) -> None:
        if not phrase.notes:
            phrase.begin = event.time
        phrase.notes += 1
        phrase.lowest = min(phrase.lowest, event.pitch)
        phrase.highest = max(phrase.highest, event.pitch)
        phrase.moved = max(phrase.moved, event.time)
        phrase.down.add((event.channel, event.pitch))

    def _release(self, phrase: _Open, keys: set[tuple[int, int]], time: float) -> None:
        if phrase.down & keys:
            phrase.down -= keys
            phrase.moved = max(phrase.moved, time)

    def _end_if_quiet(self, side: Side, since: float) -> list[PhraseLine]:
        phrase = self._open[side]
        if not phrase.notes or phrase.down or phrase.moved > since:
            return []
        self._open[side] = _Open()
        seconds = phrase.moved - phrase.begin
        return [
            PhraseLine(side, phrase.begin, seconds, phrase.notes, phrase.lowest, phrase.highest)
        ]
