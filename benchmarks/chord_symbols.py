"""How often the chord symbols on a page are those of a tune's own chord track.

    python benchmarks/chord_symbols.py FOLDER [--files 60] [--list heldout.txt]

FOLDER holds tunes whose last track has block chords, as Nottingham's have. The page is
laid out from all notes, melody and chords. Every chord that is struck counts, also one that
is struck again; `symbols` and `struck` are how many symbols there are, and how many chords.
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import first_notes
from antiphon.music.files.notated import notated_by
from antiphon.music.files.reading import read_performance
from antiphon_training.harmony.symbols import KINDS
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.page import lay_out

if TYPE_CHECKING:
    from antiphon.music.chord_symbols import ChordSymbol

PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SPAN = 0.02
"""Seconds between the notes of a block chord."""
BY_TONES = {frozenset(tones): suffix for suffix, tones in KINDS.items()} | {
    frozenset({0, 4, 10}): "7"
}


def struck(pitches: set[int]) -> tuple[int, str] | None:
    """Return the root and the suffix of a block chord; None where it is of another kind."""
    for root in sorted(pitches):
        suffix = BY_TONES.get(frozenset((pitch - root) % 12 for pitch in pitches))
        if suffix is not None:
            return root % 12, suffix
    return None


def read(symbol: ChordSymbol) -> tuple[int, str]:
    """Return the root and the suffix of a symbol."""
    root = PITCHES[symbol.root[0]] + symbol.root.count("#") - symbol.root.count("b")
    return root % 12, symbol.suffix


def measure(path: Path) -> np.ndarray | None:
    """Return chords struck, right roots, right symbols, and symbols; None without chords."""
    performance = read_performance(path)
    notes, clock = performance.notes(), performance.conductor.clock
    told = notated_by(performance, notes)
    if len(performance.tracks) < 2 or clock is None or told.clock is None:
        return None
    page = lay_out(notes, notated=told, chords=())
    first = min(tick for staff in (page.right, page.left) for tick, _ in staff.names)
    first -= round(clock.beat_at(float(notes["onset"][0])) * BEAT)
    chords = performance.tracks[-1].notes
    counts = np.array([0, 0, 0, len(page.chords)])
    for group in np.split(chords, first_notes(chords["onset"], SPAN)[1:]):
        true = struck(set(group["pitch"].tolist()))
        tick = round(clock.beat_at(float(group["onset"][0])) * BEAT) + first
        place = bisect_right([each for each, _ in page.chords], tick) - 1
        if true is not None and place >= 0:
            found = read(page.chords[place][1])
            counts[:3] += np.array([1, found[0] == true[0], found == true])
    return counts


def main() -> None:
    """Print the figures of a folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--list", type=Path)
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.mid"))
    if options.list:
        names = options.list.read_text("utf-8").split()
        files = [options.folder / name for name in names if name.endswith(".mid")]
    measured = [measure(path) for path in files[: options.files]]
    counts = [each for each in measured if each is not None]
    total, roots, symbols, printed = np.sum(counts, axis=0).tolist()
    print(
        json.dumps(
            {
                "tunes": len(counts),
                "struck": total,
                "symbols": printed,
                "roots_right": round(roots / total, 4),
                "symbols_right": round(symbols / total, 4),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
