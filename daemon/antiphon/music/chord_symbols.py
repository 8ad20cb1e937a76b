"""Chord symbols, as a lead sheet has them over the staff: "Bb", "F#m7", "C/E"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

LONGEST = 16
"""Characters of a symbol at most."""

_QUALITY = (
    r"(?:maj|min|mi|ma|m|M|dim|aug|sus|add|alt|omit|no|b|#|\+|-|\^|"
    "\N{WHITE UP-POINTING TRIANGLE}|\N{GREEK CAPITAL LETTER DELTA}|\N{DEGREE SIGN}|"
    "\N{LATIN SMALL LETTER O WITH STROKE}|o7|13|11|[245679]|[(),])*"
)
_SYMBOL = re.compile(rf"([A-G][b#]?)({_QUALITY})(?:/(?:([A-G][b#]?)|[69](?=$)))?")

_SPELLED = (
    (re.compile("\N{MUSIC FLAT SIGN}"), "b"),
    (re.compile("\N{MUSIC SHARP SIGN}"), "#"),
)
_SUFFIXES = (
    (re.compile(r"^(?:min|mi|-)"), "m"),
    (re.compile(r"^(?:maj|ma|M|\^|\N{WHITE UP-POINTING TRIANGLE}|"
                r"\N{GREEK CAPITAL LETTER DELTA})(?=$|7|9|11|13)"), "maj"),
    (re.compile(r"^(?:\N{DEGREE SIGN}|o)"), "dim"),
    (re.compile(r"^\N{LATIN SMALL LETTER O WITH STROKE}7?$"), "m7b5"),
    (re.compile(r"^\+$"), "aug"),
    (re.compile(r"^m7(?:\(b5\)|-5)$"), "m7b5"),
)  # fmt: skip
"""Other spellings of a suffix, and the one that is printed."""


@dataclass(frozen=True, slots=True)
class ChordSymbol:
    """A chord symbol.

    Attributes
    ----------
    root : str
        "C", "F#", "Bb".
    suffix : str
        What kind of chord it is: empty for a major triad, "m7", "maj7", "7b9".
    bass : str
        The bass after the stroke, such as "E"; empty where it is the root.
    """

    root: str
    suffix: str = ""
    bass: str = ""

    @property
    def figure(self) -> str:
        """The symbol as text."""
        return f"{self.root}{self.suffix}{self.bass and '/' + self.bass}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the symbol that a text is, in one of the usual spellings; None if it is none."""
        text = text.strip()
        for pattern, plain in _SPELLED:
            text = pattern.sub(plain, text)
        found = _SYMBOL.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            return None
        root, suffix, bass = found.groups("")
        if not bass and "/" in text:  # C6/9
            suffix += text[text.index("/") :]
        for pattern, plain in _SUFFIXES:
            suffix = pattern.sub(plain, suffix)
        return cls(root, "" if suffix == "maj" else suffix, bass)
