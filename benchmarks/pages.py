"""How playable the pages of pieces are: ties over keys that are struck again, and ties at all.

    python benchmarks/pages.py FOLDER... [--files 40] [--seconds 40] [--guessed]

The beginning of each MIDI file in each FOLDER is laid out on two staves: as the file tells its
notation, or `--guessed` from its seconds alone. `over_restrikes` counts the written notes
that still sound where a voice of either staff strikes their key again; `tied` is the share of
note heads that a tie leads to; `signs` counts ornaments in 100 bars.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from some_files import some_files

from antiphon.music.files.notated import Notated
from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by
from antiphon_training.notation.page import Page, lay_out
from antiphon_training.notation.signs import Kind

if TYPE_CHECKING:
    from antiphon_training.notation.voices import Event


def events(page: Page) -> list[Event]:
    """Return all written notes of a page."""
    staves = (page.right, page.left)
    return [event for staff in staves for event in (*staff.flowing, *staff.holding)]


def over_restrikes(page: Page) -> int:
    """Return how many notes sound on where their key is struck again."""
    struck: dict[int, list[int]] = {}
    for event in events(page):
        for pitch in event.pitches:
            struck.setdefault(pitch, []).append(event.start)
    return sum(
        any(event.start < start < event.end for start in struck[pitch])
        for event in events(page)
        for pitch in event.pitches
    )


def laid_out(path: Path, seconds: float, *, guessed: bool) -> Page:
    """Return the page of the beginning of a file."""
    performance = read_performance(path)
    notes = performance.notes()
    notated = Notated() if guessed else notated_by(performance, notes)
    first = notes["onset"] < notes["onset"][0] + seconds
    if notated.hands is not None:
        notated = replace(notated, hands=notated.hands[first])
    return lay_out(notes[first], notated=notated)


def figures(paths: list[Path], seconds: float, *, guessed: bool) -> dict[str, object]:
    """Return the figures of some files."""
    wrong, heads, ties, bars = [], 0, 0, 0
    signs = dict.fromkeys(("graces", "chains", "rolled", *Kind), 0)
    for path in paths:
        page = laid_out(path, seconds, guessed=guessed)
        wrong.append(over_restrikes(page))
        bars += len(page.spans)
        signs["graces"] += sum(len(chain) == 1 for chain in page.graces.values())
        signs["chains"] += sum(len(chain) > 1 for chain in page.graces.values())
        for sign in page.signs.values():
            signs[sign.kind] += 1
        signs["rolled"] += len({start for start, _ in page.rolled})
        for staff in (page.right, page.left):
            for event in (*staff.flowing, *staff.holding):
                written = len(staff.ruler.written(event.start, event.end))
                heads, ties = heads + written, ties + written - 1
    return {
        "pieces": len(paths),
        "over_restrikes": sum(wrong),
        "pieces_with_some": int(np.count_nonzero(wrong)),
        "tied": round(ties / heads, 3),
        "signs": {name: round(100 * count / bars, 2) for name, count in signs.items()},
    }


def main() -> None:
    """Print the figures of each folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments.add_argument("--files", type=int, default=40)
    arguments.add_argument("--seconds", type=float, default=40.0)
    arguments.add_argument("--guessed", action="store_true", help="hear it as a performance")
    chosen = arguments.parse_args()
    told = {}
    for folder in chosen.folders:
        files = some_files(folder, chosen.files)
        told[folder.name] = figures(files, chosen.seconds, guessed=chosen.guessed)
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
