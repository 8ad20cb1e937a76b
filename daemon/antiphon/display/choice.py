"""Choose the display that fits a terminal."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Literal

from antiphon.display.feed import NoDisplay
from antiphon.display.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from antiphon.display.feed import Display

Kind = Literal["auto", "roll", "lines", "none"]

NARROWEST, LOWEST = 40, 12
"""Columns and rows below which a roll cannot be read."""

_GLYPHS = "█▀▄⣿♪"


def make_display(kind: Kind, stream: TextIO | None) -> Display:
    """Return a display that writes to a stream.

    Parameters
    ----------
    kind : "auto", "roll", "lines" or "none"
        "auto" is the roll where the terminal can show it, and otherwise lines.
    stream : text file or None
        The terminal, a pipe or a file; closing the display leaves it open. None, as
        `sys.stderr` is where the parent process closed it, shows nothing.
    """
    if kind == "none" or stream is None:
        return NoDisplay()
    if kind == "roll" or (kind == "auto" and can_roll(stream, os.environ)):
        # Only the roll needs rich, which costs memory and start-up time.
        from antiphon.display.roll import Roll

        return Roll(stream)
    return Lines(stream, origin=time.monotonic())


def can_roll(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Tell whether a stream is a terminal that is large enough and can show the roll."""
    if not stream.isatty() or environment.get("TERM", "dumb") in ("dumb", "unknown"):
        return False
    try:
        _GLYPHS.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    size = terminal_size(stream)
    return size.columns >= NARROWEST and size.lines >= LOWEST


def terminal_size(stream: TextIO) -> os.terminal_size:
    """Return columns and lines of the stream's terminal, else of what COLUMNS and LINES say."""
    try:
        return os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return shutil.get_terminal_size()
