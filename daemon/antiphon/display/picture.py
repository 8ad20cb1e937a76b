"""One frame of the piano roll, for rich.

The player's notes are solid blocks, the partner's are dotted ones, so that they
can be told apart without colours too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.segment import Segment
from rich.style import Style

from antiphon.display.feed import Side
from antiphon.display.grid import HALVES, NOTHING, PARTNER_ONSET, Cells
from antiphon.music.pitch_sets import pitch_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions


AXIS = 4
"""Columns for the names of the keys."""

MOST_NAMES = 6
"""Keys that the header names at most; "…" stands for the others."""

_BLOCKS = {Side.PLAYER: ("▀", "▄", "█"), Side.PARTNER: ("⠛", "⣤", "⣿")}
_BOTH = "▓"
_NAMES = {Side.PLAYER: "you", Side.PARTNER: "Antiphon"}
_COLOURS = ("", "dark_orange", "bright_yellow", "cyan", "bright_cyan")
_LIT = {
    Side.PLAYER: Style(color="bright_cyan", bold=True),
    Side.PARTNER: Style(color="dark_orange", bold=True),
}
_DIM = Style(dim=True)
_LINE = Segment.line()


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one side: whether it plays, and the keys that it holds."""

    side: Side
    playing: bool
    pitches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Header, roll and status line."""

    headings: tuple[Heading, Heading]
    cells: Cells
    octaves: dict[int, int]
    status: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Yield the frame, line by line."""
        yield from self._header(AXIS + self.cells.shape[1])
        table = _table(coloured=console.color_system is not None and not console.no_color)
        for row, cells in enumerate(self.cells):
            pitch = self.octaves.get(row)
            name = "" if pitch is None else pitch_label(pitch)
            yield Segment(f"{name:>{AXIS - 1}} ", _DIM)
            yield from _runs(cells, table, ground=" " if pitch is None else "┈")
            yield _LINE
        yield Segment(_cut(self.status, options.max_width), _DIM)
        yield _LINE

    def _header(self, width: int) -> Iterator[Segment]:
        half = width // 2
        for heading in self.headings:
            mark, name = _BLOCKS[heading.side][2], _NAMES[heading.side]
            if heading.playing:
                names = [pitch_label(pitch) for pitch in heading.pitches[:MOST_NAMES]]
                more = " …" if len(heading.pitches) > MOST_NAMES else ""
                text = f"{mark} {name} ♪ {' '.join(names)}{more}"
            else:
                text = f"{mark} {name}"
            style = _LIT[heading.side] if heading.playing else _DIM
            yield Segment(f"{_cut(text, half - 1):<{half}}", style)
        yield _LINE


def _runs(cells: Cells, table: list[tuple[str, Style]], ground: str) -> Iterator[Segment]:
    """Yield a row as segments of equal cells."""
    edges = np.flatnonzero(np.diff(cells)) + 1
    starts = [0, *edges.tolist()]
    for start, stop in zip(starts, [*starts[1:], len(cells)], strict=True):
        glyph, style = table[int(cells[start])]
        yield Segment((glyph or ground) * (stop - start), style)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _table(*, coloured: bool) -> list[tuple[str, Style]]:
    """Return the glyph and style of every cell; an empty glyph is the background."""
    return _COLOURED if coloured else _PLAIN


def _cell(upper: int, lower: int, *, coloured: bool) -> tuple[str, Style]:
    if upper == lower == NOTHING:
        return "", _DIM
    sides = {_side(half) for half in (upper, lower) if half != NOTHING}
    if len(sides) == 2:
        if coloured:
            return "▀", Style(color=_COLOURS[upper], bgcolor=_COLOURS[lower])
        return _BOTH, Style()
    upper_glyph, lower_glyph, both = _BLOCKS[sides.pop()]
    glyph = both if upper and lower else upper_glyph if upper else lower_glyph
    return glyph, Style(color=_COLOURS[max(upper, lower)]) if coloured else Style()


def _side(half: int) -> Side:
    return Side.PARTNER if half <= PARTNER_ONSET else Side.PLAYER


_COLOURED, _PLAIN = (
    [_cell(code // HALVES, code % HALVES, coloured=coloured) for code in range(HALVES * HALVES)]
    for coloured in (True, False)
)
