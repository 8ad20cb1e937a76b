"""How often a piece's key signature is found from its notes.

    python benchmarks/keys.py FOLDER... [--files 400] [--list heldout.txt]

Each FOLDER holds MIDI files that name their key. Right is the signature of the file's first
key event, whatever the mode: a file seldom tells it. Each piece is read whole, and cut
after 40 s; `a_fifth_off` counts the neighbours. `as_music21` is music21's own estimate with
the profiles of Bellman and Budge and of Krumhansl and Schmuckler, of the whole.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import symusic
from music21 import analysis
from some_files import some_files

from antiphon_training.corpora.reading import read_notes
from antiphon_training.harmony.keys import PITCH_CLASSES
from antiphon_training.notation.spelling import find_key

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

CUT = 40.0
THEIRS = ("BellmanBudge", "KrumhanslSchmuckler")


def read(path: Path) -> tuple[NoteArray, int] | None:
    """Return the notes of a file in seconds, and its sharps; None where it names no key."""
    signatures = symusic.Score(str(path)).key_signatures
    return (read_notes(path), int(signatures[0].key)) if signatures else None


def theirs(notes: NoteArray, method: str) -> int:
    """Return the sharps of music21's estimate."""
    analyst = getattr(analysis.discrete, method)()
    sounding = np.bincount(notes["pitch"] % PITCH_CLASSES, notes["duration"], PITCH_CLASSES)
    rows = [
        np.roll(np.array(analyst.getWeights(mode)), tonic)
        for mode in ("major", "minor")
        for tonic in range(PITCH_CLASSES)
    ]
    fits = np.corrcoef(np.vstack([sounding, rows]))[0, 1:]
    minor, tonic = divmod(int(fits.argmax()), PITCH_CLASSES)
    return 7 * (tonic + 3 * minor) % PITCH_CLASSES


def figures(pieces: list[tuple[NoteArray, int]]) -> dict[str, object]:
    """Return the shares of pieces whose signature is found."""
    whole = [(find_key(notes).fifths - sharps) % PITCH_CLASSES for notes, sharps in pieces]
    cut = [
        (find_key(notes[notes["onset"] < notes["onset"][0] + CUT]).fifths - sharps) % PITCH_CLASSES
        for notes, sharps in pieces
    ]
    found = {
        name: {
            "right": round(float(np.mean(np.array(off) == 0)), 3),
            "a_fifth_off": round(float(np.mean(np.isin(off, (1, 11)))), 3),
        }
        for name, off in (("whole", whole), ("first_40_s", cut))
    }
    others = {
        method: round(
            float(np.mean([(theirs(n, method) - k) % PITCH_CLASSES == 0 for n, k in pieces])), 3
        )
        for method in THEIRS
    }
    return {"pieces": len(pieces), **found, "as_music21": others}


def main() -> None:
    """Print the figures of each folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments.add_argument("--files", type=int, default=400)
    arguments.add_argument("--list", help="only the files that this list in the folder names")
    chosen = arguments.parse_args()
    told = {}
    for folder in chosen.folders:
        read_ones = map(read, some_files(folder, chosen.files, listed=chosen.list))
        told[folder.name] = figures([piece for piece in read_ones if piece is not None])
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
