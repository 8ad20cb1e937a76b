"""Measure how often the beat of what was just played is found.

Reads folders of MIDI files whose notes lie on the grid of a score, played in the tempo
of its tempo map: there the quarter is known. From each file four windows of up to 64
notes and 30 s are taken at random places, exactly and with 15 ms of jitter. A beat is
right that is within 8 % of the quarter's mean length in the window, or of a power of 2
times that: `python benchmarks/pulse.py FOLDER... [--list heldout.txt]`. Prints one JSON
object: shares of the windows by folder, and the time that an estimate takes.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import CorpusError
from antiphon.music.pulse import estimate_beat
from antiphon_training.corpora.corpus import read_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

WINDOWS = 4
NOTES, SECONDS = 64, 30.0
LEAST_BEATS = 2.0
JITTER = 0.015
TOLERANCE = 0.08


def main() -> None:
    """Print the shares of windows whose beat is right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--list", default=None, help="a list in each folder: only its files")
    options = parser.parse_args()
    figures = {str(folder): measure(folder, options.list) for folder in options.folders}
    print(json.dumps(figures, indent=2))


def measure(folder: Path, listed: str | None) -> dict[str, float]:
    """Return the figures of one folder."""
    generator = np.random.default_rng(1)
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".mid", ".midi"))
    if listed:
        wanted = set((folder / listed).read_text(encoding="utf-8").split("\n"))
        paths = [p for p in paths if p.relative_to(folder).as_posix() in wanted]
    told: dict[str, list[float]] = {"exact": [], "jitter": [], "ms": []}
    quarters = 0
    for path in paths:
        for onsets, quarter in windows(path, generator):
            moved = np.sort(onsets + generator.normal(0.0, JITTER, len(onsets)))
            begun = time.perf_counter()
            beat = estimate_beat(onsets)
            told["ms"].append(1000 * (time.perf_counter() - begun))
            told["exact"].append(octaves(beat / quarter))
            told["jitter"].append(octaves(estimate_beat(moved) / quarter))
            quarters += abs(beat / quarter - 1) < TOLERANCE
    return {
        "windows": len(told["ms"]),
        "right_up_to_2": round(float(np.mean(told["exact"])), 3),
        "right_up_to_2_with_jitter": round(float(np.mean(told["jitter"])), 3),
        "quarter_itself": round(quarters / max(len(told["ms"]), 1), 3),
        "ms_p50": round(float(np.median(told["ms"])), 3),
    }


def windows(
    path: Path, generator: np.random.Generator
) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Yield onsets of random windows of a file, and how long a quarter is in each."""
    try:
        # Sorted alike in both units, for a tempo map keeps the order.
        seconds = np.sort(read_notes(path, time="seconds")["onset"])
        beats = np.sort(read_notes(path, time="beats")["onset"])
    except CorpusError:
        return
    for _ in range(WINDOWS if len(beats) >= NOTES // 2 else 0):
        end = int(generator.integers(NOTES // 2, len(beats) + 1))
        near = seconds[:end] > seconds[end - 1] - SECONDS
        heard, score = seconds[:end][near][-NOTES:], beats[:end][near][-NOTES:]
        passed = score[-1] - score[0]
        if passed >= LEAST_BEATS:
            yield heard, float(heard[-1] - heard[0]) / float(passed)


def octaves(ratio: float) -> bool:
    """Return whether a ratio is a power of 2, or nearly."""
    away = np.log2(ratio)
    return bool(abs(2.0 ** (away - round(away)) - 1) < TOLERANCE)


if __name__ == "__main__":
    main()
