"""A piano roll as a grid of cells, each two keys high.

Time runs to the right; the last column is now. A column stands for a whole step of
the clock, so that a note stays equally wide while it scrolls. A half cell holds the
largest of these numbers: nothing, the partner's note, its onset, the player's note,
its onset. A cell is `upper * HALVES + lower`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.display.feed import Side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antiphon.display.bars import Bar

NOTHING, PARTNER_NOTE, PARTNER_ONSET, PLAYER_NOTE, PLAYER_ONSET = range(5)
HALVES = 5

MIDDLE = 62
"""The pitch in the middle before anybody has played: D4, between the two hands."""

MARGIN = 2
"""Semitones left beyond a note that moved the compass."""

Cells = NDArray[np.uint8]
"""Shape (rows, columns); the first row is the highest."""

_NOTES = {Side.PARTNER: PARTNER_NOTE, Side.PLAYER: PLAYER_NOTE}


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a roll shows: `columns` steps of `step` seconds."""

    columns: int
    step: float

    def left(self, now: float) -> int:
        """Return the step of the clock that the first column stands for."""
        return math.floor(now / self.step) - self.columns + 1

    def begin(self, now: float) -> float:
        """Return when the first column begins, in seconds."""
        return self.left(now) * self.step

    def until_it_moves(self, now: float) -> float:
        """Return after how many seconds the roll moves on by a column."""
        return (math.floor(now / self.step) + 1) * self.step - now


class Compass:
    """The pitches that a roll shows; it moves or widens only for a note outside of it.

    Parameters
    ----------
    rows : int
        Rows of cells.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.semitones = 1
        """Keys that share a half cell."""
        self.lowest = MIDDLE - rows

    @property
    def _halves(self) -> int:
        return 2 * self.rows

    def reset(self) -> None:
        """Undo the widening."""
        if self.semitones > 1:
            self.semitones = 1
            self.lowest = MIDDLE - self.rows

    def fit(self, pitches: Iterable[int]) -> None:
        """Make room for all these pitches."""
        shown = sorted(pitches)
        if not shown:
            return
        low, high = shown[0], shown[-1]
        self.semitones = max(self.semitones, math.ceil((high - low + 1) / self._halves))
        width = self.semitones * self._halves
        margin = min(MARGIN, (width - (high - low + 1)) // 2)
        if high >= self.lowest + width:
            self.lowest = high + margin - width + 1
        if low < self.lowest:
            self.lowest = low - margin
            self.lowest = max(self.lowest, high - width + 1)

    def half(self, pitch: int) -> int:
        """Return the half cell of a pitch, counted from the top."""
        up = (pitch - self.lowest) // self.semitones
        return self._halves - 1 - min(max(up, 0), self._halves - 1)

    def octaves(self) -> dict[int, int]:
        """Return the rows in which a C lies, with the C's pitch."""
        top = self.lowest + self.semitones * self._halves
        return {
            self.half(pitch) // 2: pitch for pitch in range(0, 128, 12) if self._shows(pitch, top)
        }

    def _shows(self, pitch: int, top: int) -> bool:
        return self.lowest <= pitch < top


def draw_cells(bars: Iterable[Bar], span: Span, compass: Compass, now: float) -> Cells:
    """Return the cells of a roll at a time."""
    halves = np.zeros((2 * compass.rows, span.columns), dtype=np.uint8)
    left, right = span.left(now), span.columns
    for bar in bars:
        first = math.floor(bar.begin / span.step) - left
        after = right if math.isinf(bar.end) else round(bar.end / span.step) - left
        after = max(after, first + 1)
        if after <= 0 or first >= right:
            continue
        note = _NOTES[bar.side]
        line = halves[compass.half(bar.pitch)]
        shown = line[max(first, 0) : after]
        np.maximum(shown, note, out=shown)
        if first >= 0:
            line[first] = max(line[first], note + 1)
    return halves[0::2] * HALVES + halves[1::2]
