"""Titles: the names of files and pieces are often too long for one line over a page."""

from __future__ import annotations

import textwrap

WIDEST = 48
"""Letters of a line; at the size of a title MuseScore prints about 52 between the margins."""


def title_lines(title: str) -> list[str]:
    """Return a title line by line; a word that is too long for a line is left whole."""
    return textwrap.wrap(title, WIDEST, break_long_words=False, break_on_hyphens=False) or [""]
