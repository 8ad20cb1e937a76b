"""The rolling piano roll in the terminal."""

from __future__ import annotations

import contextlib
import math
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live

from antiphon.display.bars import Bars
from antiphon.display.feed import SLOW, Feed, Side
from antiphon.display.grid import Compass, Span, draw_cells
from antiphon.display.picture import AXIS, Heading, Picture

if TYPE_CHECKING:
    from typing import TextIO

SECONDS = 10.0
"""Time that the roll shows."""

FASTEST = 1 / 15
"""Seconds between two frames at least."""

MOST_COLUMNS, MOST_ROWS = 120, 24
"""The largest roll, since the cost of a frame grows with its cells."""

LEAST_COLUMNS, LEAST_ROWS = 16, 4

_OTHER_LINES = 5
"""Header, status, and lines above that stay to be read."""


class Roll(Feed):
    """Draws both sides on one roll, with a header that says who plays, and a status line.

    A frame is drawn when something was played or the roll has moved by a column, but
    not while the roll is empty.

    Parameters
    ----------
    stream : text file
        The terminal; after an error nothing more is drawn.
    console : rich.console.Console, optional
        Used in place of the stream.
    """

    def __init__(self, stream: TextIO, console: Console | None = None) -> None:
        super().__init__()
        self._console = console or Console(
            file=stream, force_terminal=True, highlight=False, markup=False, emoji=False
        )
        self._bars = Bars()
        self._live: Live | None = None
        self._closed = False
        self._status = ""
        self._drawn = -math.inf
        self._due = -math.inf
        self._lay_out()

    def draw(self, now: float) -> float:
        """Draw a frame if one is due."""
        if self._closed:
            return SLOW
        due = self._drawn + FASTEST if self.waiting else self._due
        if now < due:
            return min(due - now, SLOW)
        moving = self._take(now)
        try:
            self._show(now)
        except (OSError, ValueError):
            self._closed = True  # the terminal is gone; the jam goes on
        self._drawn = now
        self._due = now + max(self._span.until_it_moves(now), FASTEST) if moving else math.inf
        return min(self._due - now, SLOW)

    def frame(self, now: float) -> Picture:
        """Return the frame at a time, without drawing it."""
        self._take(now)
        return self._picture(now)

    def close(self) -> None:
        """Leave the last frame on the terminal, and show the cursor again."""
        if self._live is not None and not self._closed:
            self._closed = True
            with contextlib.suppress(OSError, ValueError):  # the terminal has gone by now
                self._live.stop()

    def _lay_out(self) -> None:
        """Fit the roll to the terminal as it is now."""
        self._size = self._console.size
        columns = min(max(self._size.width - AXIS, LEAST_COLUMNS), MOST_COLUMNS)
        rows = min(max(self._size.height - _OTHER_LINES, LEAST_ROWS), MOST_ROWS)
        self._span = Span(columns, SECONDS / columns)
        self._compass = Compass(rows)

    def _take(self, now: float) -> bool:
        """Empty the queues; return whether anything on the roll moves."""
        for text in self.texts():
            self._status = " ".join(text.split())
        for side, event in self.events():
            self._bars.hear(side, event)
        self._bars.forget(self._span.begin(now))
        if not self._bars:
            self._compass.reset()
        self._compass.fit({bar.pitch for bar in self._bars})
        return bool(self._bars) or any(self._bars.playing(side, now) for side in Side)

    def _show(self, now: float) -> None:
        if self._console.size != self._size and self._live is not None:
            self._live.stop()
            self._live = None
            self._console.clear()
            self._lay_out()
            self._compass.fit({bar.pitch for bar in self._bars})
        picture = self._picture(now)
        if self._live is None:
            self._live = Live(
                picture,
                console=self._console,
                auto_refresh=False,
                # Lines that others print appear above the roll, not inside it.
                redirect_stdout=sys.stdout.isatty(),
                redirect_stderr=sys.stderr.isatty(),
            )
            self._live.start(refresh=True)
        else:
            self._live.update(picture, refresh=True)

    def _picture(self, now: float) -> Picture:
        player, partner = (
            Heading(side, self._bars.playing(side, now), tuple(self._bars.sounding(side)))
            for side in (Side.PLAYER, Side.PARTNER)
        )
        return Picture(
            (player, partner),
            draw_cells(self._bars, self._span, self._compass, now),
            self._compass.octaves(),
            self._status,
        )
