"""How often the changes of a piece's key signature are found from its notes.

    python benchmarks/modulations.py FOLDER... [--list heldout.txt] [--without heldout.txt]
        [--files 400] [--guessed]

Each FOLDER holds MIDI files that name their keys; the benchmark hides them. Bars are those that
the file tells, or with `--guessed` those that are found in its notes, as in a performance. A
note is right if it stands under the signature of the file, enharmonic or not; `right_before` has
the one signature of the whole piece, as pages had without changes. A change that is printed is
found where the file has one to the same signature within 8 s, and false elsewhere.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import symusic
from some_files import some_files

from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by
from antiphon_training.notation.grid import find_grid, told_grid
from antiphon_training.notation.keys import heard_keys
from antiphon_training.notation.spelling import find_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NEAR = 8.0
"""Seconds between a printed change and that of the file, at most: four bars of two seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in one piece."""

    changes: int
    printed: int
    found: int
    right: float
    right_before: float


def measure(path: Path, *, guessed: bool) -> Outcome | None:
    """Return what is found in a file; None where it names no key or tells no beats."""
    performance = read_performance(path)
    notes, score = performance.notes(), symusic.Score(str(path))
    told = notated_by(performance, notes)
    signs = {sign.time: int(sign.key) for sign in score.key_signatures}
    if told.clock is None or not signs or not len(notes):
        return None
    beats = np.array(sorted(signs)) / score.tpq
    sharps = np.array([signs[tick] for tick in sorted(signs)]) % 12
    inside = np.searchsorted(beats, told.clock.beats_at(notes["onset"]) + 1e-2, side="right")
    truth = sharps[np.maximum(inside - 1, 0)]
    grid = find_grid(notes) if guessed else told_grid(notes, told, told.clock)[0]
    keys = heard_keys(notes, grid.starts, grid.metres)
    number = np.searchsorted([tick for tick, _ in keys], grid.starts, side="right") - 1
    heard = np.array([key.fifths % 12 for _, key in keys])[number]
    theirs, ours = _changes(truth, notes["onset"]), _changes(heard, notes["onset"])
    found = sum(any(abs(a - b) < NEAR and s == t for b, t in theirs) for a, s in ours)
    before = find_key(notes).fifths % 12
    shares = float(np.mean(heard == truth)), float(np.mean(before == truth))
    return Outcome(len(theirs), len(ours), found, *shares)


def _changes(signatures: NDArray[np.int64], times: NDArray[np.float64]) -> list[tuple[float, int]]:
    """Return when the signature of notes changes, and to which."""
    places = np.flatnonzero(np.diff(signatures)) + 1
    return list(zip(times[places].tolist(), signatures[places].tolist(), strict=True))


def figures(pieces: Sequence[Outcome]) -> dict[str, object]:
    """Return the figures of pieces of one key, and of those that change it."""
    groups = {
        "one_signature": [piece for piece in pieces if not piece.changes],
        "changing": [piece for piece in pieces if piece.changes],
    }
    return {name: _figures(group) for name, group in groups.items() if group}


def _figures(pieces: Sequence[Outcome]) -> dict[str, float]:
    printed = sum(piece.printed for piece in pieces)
    found = sum(piece.found for piece in pieces)
    return {
        "pieces": len(pieces),
        "right": round(float(np.mean([piece.right for piece in pieces])), 3),
        "right_before": round(float(np.mean([piece.right_before for piece in pieces])), 3),
        "pieces_with_printed_changes": sum(piece.printed > 0 for piece in pieces),
        "changes": sum(piece.changes for piece in pieces),
        "printed": printed,
        "found": found,
        "false_a_piece": round((printed - found) / len(pieces), 3),
    }


def main() -> None:
    """Print the figures of each folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments.add_argument("--files", type=int, default=400)
    arguments.add_argument("--list", help="only the files that this list in the folder names")
    arguments.add_argument("--without", help="all files but those that this list names")
    arguments.add_argument("--guessed", action="store_true", help="guess the bars, too")
    chosen = arguments.parse_args()
    told = {}
    for folder in chosen.folders:
        files = some_files(folder, chosen.files, listed=chosen.list, without=chosen.without)
        read_ones = (measure(path, guessed=chosen.guessed) for path in files)
        told[folder.name] = figures([piece for piece in read_ones if piece is not None])
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
