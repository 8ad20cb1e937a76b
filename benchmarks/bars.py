"""How many bars, note values, metres and hands of a score are those of its file.

    python benchmarks/bars.py FOLDER [--files 40] [--seconds 40]

FOLDER holds MIDI files whose tempo map, time signatures and tracks are those of the
printed music. The beginning of each is laid out twice: by what its file tells (`kept`), as
`antiphon compose` and `antiphon render` do, and as if it were a performance (`guessed`),
which is the way of sessions and was the only one before. Both are held against the
events of the file, read by symusic.
"""

from __future__ import annotations

import argparse
import itertools
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import symusic
from numpy.typing import NDArray
from some_files import some_files

from antiphon.music.files.hands import UNTOLD
from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by
from antiphon_training.notation.beats import BEAT
from antiphon_training.notation.grid import Grid, find_grid, told_grid
from antiphon_training.notation.hands import split_hands

if TYPE_CHECKING:
    from antiphon.music.files.notated import Notated
    from antiphon.music.note import NoteArray

NEAR = 0.02
"""Beats by which a step may be wrong."""

ORNAMENT = 0.1
"""Beats of the longest step within a rolled chord or an ornament; its last note counts alone."""

AS_NOTATED = 0.9
"""The share of the steps that are as notated, or all half or twice as long, in such a piece."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Truth:
    """What symusic reads: the beat and the bar of each stroke, and the first whole metre."""

    beats: Array
    bars: Array
    metre: str

    def only(self, chosen: NDArray[np.bool_]) -> Truth:
        """Return some of the strokes."""
        return replace(self, beats=self.beats[chosen], bars=self.bars[chosen])


def truth(path: Path, clock_beats: Array) -> Truth | None:
    """Return the bars of a file at some beats; None where the file does not tell them."""
    score = symusic.Score(str(path))
    signs = [(s.time / score.tpq, s.numerator, s.denominator) for s in score.time_signatures]
    signs = sorted({s[0]: s for s in signs}.values())
    if not signs or (len(signs) == 1 and signs[0][1] == 1):
        return None
    lines = [0.0]
    for number, (start, count, unit) in enumerate(signs):
        end = signs[number + 1][0] if number + 1 < len(signs) else clock_beats[-1] + 1
        lines += np.arange(start, end - NEAR, 4 * count / unit).tolist()
    lines = np.unique(np.round(lines, 6))
    inside = [s for s in signs if s[0] <= clock_beats[0] + NEAR]
    whole = signs[1] if len(signs) > 1 and signs[1][0] <= 4 * signs[0][1] / signs[0][2] else None
    first = whole or (inside[-1] if inside else signs[0])
    bars = np.searchsorted(lines, clock_beats + NEAR, side="right")
    return Truth(clock_beats, bars.astype(np.float64), f"{first[1]}/{first[2]}")


def against(grid: Grid, strokes: NDArray[np.int64], true: Truth) -> dict[str, float]:
    """Return how well a grid fits the truth, from 0 to 1 each."""
    plain = np.append(np.diff(true.beats) > ORNAMENT, True)
    places, true = grid.starts[strokes][plain], true.only(plain)
    found = np.array([_lines_between(grid, a, b) for a, b in itertools.pairwise(places.tolist())])
    steps, wanted = np.diff(places) / BEAT, np.diff(true.beats)
    shares = {factor: np.mean(np.abs(steps - factor * wanted) < NEAR) for factor in (0.5, 1, 2)}
    return {
        "metre": grid.metres.first.signature == true.metre,
        "bar_lines_all_right": bool((found == np.diff(true.bars)).all()),
        "bar_lines": float(np.mean(found == np.diff(true.bars))),
        "values": float(shares[1]),
        "as_notated": shares[1] >= AS_NOTATED,
        "halved": shares[0.5] >= AS_NOTATED,
        "doubled": shares[2] >= AS_NOTATED,
    }


def _lines_between(grid: Grid, start: int, end: int) -> int:
    """Return how many bars begin after one tick and not after another."""
    lines, at = 0, grid.metres.bar_of(int(start))[1]
    while at <= end:
        lines, at = lines + 1, grid.metres.bar_of(at)[1]
    return lines


def hands(grid: Grid, notes: NoteArray, told: Notated) -> float | None:
    """Return the share of notes whose hand is guessed as the file has it."""
    if told.hands is None or (told.hands == UNTOLD).any():
        return None
    order = np.argsort(grid.starts, kind="stable")
    right = split_hands(
        grid.starts[order] / BEAT, grid.ends[order] / BEAT, notes["pitch"][order].astype(np.int64)
    )
    return float(np.mean(right == (told.hands[order] == 1)))


def measure(path: Path, seconds: float) -> dict[str, dict[str, float]] | None:
    """Return both ways' figures of one file; None where it does not tell its bars."""
    performance = read_performance(path)
    notes = performance.notes()
    told = notated_by(performance, notes)
    clock = performance.conductor.clock
    if clock is None:
        return None
    chosen = notes["onset"] < notes["onset"][0] + seconds
    notes = notes[chosen]
    kept = replace(told, hands=None if told.hands is None else told.hands[chosen])
    strokes = np.flatnonzero(np.diff(notes["onset"], prepend=-1.0) > 1e-6)
    true = truth(path, clock.beats_at(notes["onset"][strokes]))
    if true is None or len(strokes) < 8:
        return None
    ways = {"guessed": find_grid(notes)}
    ways["kept"] = ways["guessed"] if told.clock is None else told_grid(notes, kept, told.clock)[0]
    figures = {way: against(grid, strokes, true) for way, grid in ways.items()}
    right = hands(ways["guessed"], notes, kept)
    if right is not None:
        figures["guessed"]["hands"] = right
        figures["kept"]["hands"] = 1.0
    return figures


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--files", type=int, default=40)
    arguments.add_argument("--seconds", type=float, default=40.0)
    chosen = arguments.parse_args()
    files = some_files(chosen.folder, chosen.files)
    measured = [measure(path, chosen.seconds) for path in files]
    pieces = [figures for figures in measured if figures is not None]
    told: dict[str, object] = {"files": len(measured), "with_bars": len(pieces)}
    for way in ("guessed", "kept"):
        names = dict.fromkeys(name for piece in pieces for name in piece[way])
        told[way] = {
            name: round(float(np.mean([p[way][name] for p in pieces if name in p[way]])), 3)
            for name in names
        }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
