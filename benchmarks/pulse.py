"""Measure how well the beat of a player is followed, note by note.

Reads folders of MIDI files whose notes lie on the grid of a score, played in the tempo
of its tempo map: there the quarter is known. Each file is played to a pulse, whole, with
8 ms of jitter, and after each note the pulse is asked. A beat is right that is within 5 %
of the quarter's length there, or of a power of 2 times that; the next beat is in place
if it is within 15 % of a sixteenth of one of the score's sixteenths. A jump is a beat
that becomes half, double, or anything else by more than a fifth from one note to the
next, after the first 30 notes: `python benchmarks/pulse.py FOLDER... [--list
heldout.txt] [--without heldout.txt] [--files N] [--track NAME]...`. Prints one JSON
object: shares of the notes, jumps a minute, and milliseconds a note, by folder.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from some_files import some_files

from antiphon.errors import CorpusError
from antiphon.partner.listening.places import groove_of
from antiphon.partner.listening.pulse import Pulse
from antiphon_training.corpora.corpus import read_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

JITTER = 0.008
FIRST = 30
TOLERANCE = 0.05
SIXTEENTH = 0.15
JUMP = np.log2(1.2)
GROOVE_EVERY = 50


def main() -> None:
    """Print the figures of each folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--list", default=None, help="a list in each folder: only its files")
    parser.add_argument("--without", default=None, help="such a list: none of its files")
    parser.add_argument("--files", type=int, default=100_000, help="of each folder, at most")
    parser.add_argument("--track", action="append", default=None, help="only tracks of this name")
    options = parser.parse_args()
    figures = {
        str(folder): measure(
            sorted(some_files(folder, options.files, listed=options.list, without=options.without)),
            options.track,
        )
        for folder in options.folders
    }
    print(json.dumps(figures, indent=2))


def measure(paths: Sequence[Path], tracks: list[str] | None) -> dict[str, float]:
    """Return the figures of some files."""
    generator = np.random.default_rng(1)
    found = []
    for path in paths:
        try:
            seconds = read_notes(path, tracks, time="seconds")
            beats = read_notes(path, tracks, time="beats")
        except CorpusError:
            continue
        if len(seconds) > 2 * FIRST:
            found.append(follow(seconds, beats, generator))
    told = {name: np.concatenate([one[name] for one in found]) for name in found[0]}
    minutes = float(told["seconds"].sum()) / 60.0
    return {
        "files": len(found),
        "notes": len(told["right"]),
        "right_up_to_2": round(float(told["right"].mean()), 3),
        "in_place": round(float(told["in_place"].mean()), 3),
        "octave_jumps_a_minute": round(float(told["octaves"].sum()) / minutes, 3),
        "other_jumps_a_minute": round(float(told["others"].sum()) / minutes, 3),
        "ms_a_note_mean": round(float(told["ms"].mean()), 3),
        "ms_a_note_p50": round(float(np.median(told["ms"])), 3),
        "ms_a_note_p99": round(float(np.quantile(told["ms"], 0.99)), 3),
        "ms_groove_p50": round(float(np.median(told["groove"])), 3),
    }


def follow(
    seconds: NoteArray, beats: NoteArray, generator: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Return what the pulse of one file says after each note, beside the truth."""
    times, index = np.unique(np.sort(seconds["onset"]), return_index=True)
    score = np.sort(beats["onset"])[index]
    places = score * 4.0
    shift = np.angle(np.exp(2j * np.pi * places).mean()) / (2 * np.pi)
    pulse = Pulse()
    told: dict[str, list[float]] = {name: [] for name in ("right", "in_place", "ms", "groove")}
    octaves = others = 0
    before = 0.0
    heard = seconds["onset"] + generator.normal(0.0, JITTER, len(seconds))
    order = np.argsort(heard)
    for number, (onset, note) in enumerate(zip(heard[order], seconds[order], strict=True)):
        begun = time.perf_counter()
        pulse.strike(float(onset), int(note["pitch"]), int(note["velocity"]))
        pulse.follow(float(onset))
        told["ms"].append(1000.0 * (time.perf_counter() - begun))
        now = pulse.beats()
        if now is None or number < FIRST:
            continue
        if number % GROOVE_EVERY == 0:
            begun = time.perf_counter()
            groove_of(pulse, now)
            told["groove"].append(1000.0 * (time.perf_counter() - begun))
        around = np.interp([onset - 1.0, onset + 1.0], times, score)
        away = np.log2(now.period * float(around[1] - around[0]) / 2.0)
        told["right"].append(abs(away - round(away)) < np.log2(1 + TOLERANCE))
        place = float(np.interp(now.next(float(onset)), times, places)) - shift
        told["in_place"].append(abs(place - round(place)) <= SIXTEENTH)
        moved = np.log2(now.period / before) if before else 0.0
        if abs(moved) > JUMP:
            octave = abs(moved - round(moved)) < 0.1
            octaves, others = octaves + octave, others + (not octave)
        before = now.period
    counted = {"octaves": [octaves], "others": [others], "seconds": [times[-1] - times[0]]}
    return {name: np.array(values, dtype=float) for name, values in (told | counted).items()}


if __name__ == "__main__":
    main()
