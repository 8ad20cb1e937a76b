"""Chord symbols in the texts, lyrics, markers and cue points of a file.

Band-in-a-Box and other programs write a lead sheet's chords there, one a text. Words of a
song may look like a chord ("A", "Am", in Italian "E"), so the symbols of one kind of text
are believed where they have `ROOTS` roots or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.music.chord_symbols import ChordSymbol
from antiphon.music.files import smf

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXTS = {smf.TEXT: "text", smf.LYRICS: "lyrics", smf.MARKER: "marker", smf.CUE: "cue_marker"}
"""The kinds of meta events that may be chord symbols, and mido's names of them."""

ROOTS = 3
LONGEST_BYTES = 24


@dataclass(frozen=True, slots=True)
class ChordAt:
    """A chord symbol at its place.

    Attributes
    ----------
    beat : float
        Where it begins, in quarters from the start of the file.
    symbol : ChordSymbol
        What it says.
    """

    beat: float
    symbol: ChordSymbol


def chord_text(kind: int, content: bytes) -> bytes | None:
    """Return a meta event if its text is a chord symbol, else None.

    Parameters
    ----------
    kind : int
        The kind of the meta event.
    content : bytes
        What it holds.
    """
    if kind not in TEXTS or not 0 < len(content) <= LONGEST_BYTES:
        return None
    try:
        symbol = ChordSymbol.read(content.decode("utf-8"))
    except UnicodeDecodeError:
        symbol = ChordSymbol.read(content.decode("latin-1"))
    return None if symbol is None else smf.meta(kind, symbol.figure.encode("ascii"))


def told_chords(ticks: int, events: Iterable[tuple[int, Any]]) -> tuple[ChordAt, ...]:
    """Return the chord symbols of a file, in order; those that repeat the one before left out.

    Parameters
    ----------
    ticks : int
        Ticks to a quarter.
    events : iterable of (int, mido.MetaMessage)
        Its meta events, each with its tick.
    """
    by_kind: dict[str, dict[int, ChordSymbol]] = {kind: {} for kind in TEXTS.values()}
    for tick, event in events:
        symbol = ChordSymbol.read(event.text) if event.type in by_kind else None
        if symbol is not None:
            by_kind[event.type][tick] = symbol
    believed = [
        symbols
        for symbols in by_kind.values()
        if len({symbol.root for symbol in symbols.values()}) >= ROOTS
    ]
    chords: list[ChordAt] = []
    for tick, symbol in sorted(max(believed, key=len).items() if believed else ()):
        if not chords or chords[-1].symbol != symbol:
            chords.append(ChordAt(tick / ticks, symbol))
    return tuple(chords)
