"""The settings as a commented TOML file, written from their declarations."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from antiphon.settings.kinds import limits, shown
from antiphon.settings.section import public_keys, sections_of

if TYPE_CHECKING:
    from antiphon.settings.section import Key, Sections

WIDTH = 88


def default_file(sections: type[Sections], heading: str) -> str:
    """Return a TOML file of every setting, with its default, its sentence and its range.

    Parameters
    ----------
    sections : type
        All sections.
    heading : str
        What the file says first: paragraphs, an empty line between them.
    """
    parts = ["\n#\n".join(_comment(paragraph) for paragraph in heading.split("\n\n"))]
    for name, section in sections_of(sections).items():
        lines = [f"[{name}]", *(_written(key) for key in public_keys(section).values())]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _written(key: Key) -> str:
    """Return a setting with its comment."""
    sentences = f"{key.sentence} {limits(key.kind)}".strip()
    return f"{_comment(sentences)}\n{key.name} = {shown(key.default)}"


def _comment(text: str) -> str:
    """Return a text as lines of a comment."""
    return textwrap.fill(
        text, WIDTH, initial_indent="# ", subsequent_indent="# ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
