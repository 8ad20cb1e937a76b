"""The notes of the last seconds, as bars of a piano roll.

Times are seconds of one clock; durations are those of the keys.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.display.feed import Side
from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.messages.spec import ALL_NOTES_OFF, ALL_SOUND_OFF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.messages import Event

MOST_BARS = 4096
"""Bars kept at most; the oldest are dropped."""

STAYS_LIT = 0.5
"""Seconds for which a side counts as playing after its last key went up."""


@dataclass(slots=True)
class Bar:
    """One note; `end` is infinite while its key is down."""

    side: Side
    pitch: int
    begin: float
    end: float = math.inf


class Bars:
    """The bars of both sides that are still visible."""

    def __init__(self) -> None:
        self._bars: deque[Bar] = deque(maxlen=MOST_BARS)
        self._down: dict[tuple[Side, int, int], Bar] = {}
        self._moved = {side: -math.inf for side in Side}

    def __len__(self) -> int:
        return len(self._bars)

    def __iter__(self) -> Iterator[Bar]:
        return iter(self._bars)

    def hear(self, side: Side, event: Event) -> None:
        """Take an event of one side."""
        match event:
            case NoteOn():
                key = side, event.channel, event.pitch
                self._release(key, event.time)
                self._down[key] = Bar(side, event.pitch, event.time)
                self._bars.append(self._down[key])
                self._moved[side] = event.time
            case NoteOff():
                self._release((side, event.channel, event.pitch), event.time)
            case Control(control=number) if number in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                for key in [key for key in self._down if key[:2] == (side, event.channel)]:
                    self._release(key, event.time)

    def forget(self, before: float) -> None:
        """Forget bars that ended before a time."""
        if any(bar.end < before for bar in self._bars):
            kept = [bar for bar in self._bars if bar.end >= before]
            self._bars.clear()
            self._bars.extend(kept)

    def sounding(self, side: Side) -> list[int]:
        """Return the pitches of the keys that a side holds down, from the lowest."""
        return sorted({pitch for whose, _, pitch in self._down if whose is side})

    def playing(self, side: Side, now: float) -> bool:
        """Tell whether a side plays, or did a moment ago."""
        return now - self._moved[side] < STAYS_LIT or bool(self.sounding(side))

    def _release(self, key: tuple[Side, int, int], time: float) -> None:
        bar = self._down.pop(key, None)
        if bar is not None:
            bar.end = max(time, bar.begin)
            self._moved[key[0]] = max(self._moved[key[0]], time)
