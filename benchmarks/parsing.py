"""Measure how fast symusic, music21, mido and Antiphon parse the same MIDI files.

`python benchmarks/parsing.py FOLDER [--files N]` prints one JSON object. Single
files: each parser reads the same N files, spread evenly over the folder, one after
the other; milliseconds of processor time a file, so that what else the machine does
counts little, the best of three rounds (of music21 and mido the only one). The whole
folder: parsed here, by threads and by processes (started for it); then as a corpus,
from cold and from the cache, by the index of sizes and times and with every file
hashed again. Wall and processor time in seconds, the best of three rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import symusic

from antiphon.music.files.reading import read_performance
from antiphon_training.corpora import parallel
from antiphon_training.corpora.cache import NAME
from antiphon_training.corpora.corpus import load_corpus, read_notes
from antiphon_training.corpora.folder import list_files
from antiphon_training.corpora.piece import Reading
from antiphon_training.corpora.reading import MIDI_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--files", type=int, default=20, help="How many music21 reads.")
    told = options.parse_args()
    paths = [p for p in list_files(told.folder).paths if p.suffix.lower() in MIDI_SUFFIXES]
    few = paths[:: max(1, len(paths) // told.files)][: told.files]
    print(json.dumps({"folder": whole(told.folder, paths), "single": single(few)}, indent=2))


def single(paths: list[Path]) -> dict[str, Any]:
    """Return milliseconds a file, and how many times as fast as music21 each is."""
    from music21 import converter

    warnings.simplefilter("ignore")  # music21's, of instruments that it does not know

    def by_music21(path: Path) -> object:
        return converter.parse(path, forceSource=True, storePickle=False)

    by_music21(paths[0])  # imports the most of it
    milliseconds = {
        "symusic": each(symusic.Score, paths),
        "antiphon_by_symusic": each(read_notes, paths),
        "mido": each(mido.MidiFile, paths, rounds=1),
        "antiphon_live_side_by_mido": each(read_performance, paths, rounds=1),
        "music21": each(by_music21, paths, rounds=1),
        "antiphon_by_music21": each(lambda p: read_notes(p, reader="music21"), paths, rounds=1),
    }
    return {
        "files": len(paths),
        "bytes": sum(path.stat().st_size for path in paths),
        "ms_a_file": {name: round(value, 3) for name, value in milliseconds.items()},
        "times_as_fast_as_music21": {
            name: round(milliseconds["music21"] / value, 1) for name, value in milliseconds.items()
        },
    }


def each(parse: Callable[[Path], object], paths: list[Path], rounds: int = ROUNDS) -> float:
    """Return milliseconds of processor time a file, of the best round."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        for path in paths:
            parse(path)
        taken.append(time.process_time() - start)
    return min(taken) * 1000.0 / len(paths)


def whole(folder: Path, paths: list[Path]) -> dict[str, Any]:
    """Return seconds for a whole folder."""
    reading = Reading()

    def threads() -> None:
        with ThreadPoolExecutor(parallel.cores()) as pool:
            list(pool.map(lambda path: parallel.read_one(path, reading), paths))

    def processes() -> None:
        list(parallel.by_processes(paths, reading, parallel.cores()))

    cache = Path(tempfile.mkdtemp())
    try:
        figures = {
            "parsed_here": best(lambda: [parallel.read_one(path, reading) for path in paths]),
            "parsed_by_threads": best(threads),
            "parsed_by_processes": best(processes),
            "corpus_cold": best(lambda: load_corpus(folder, cache=cache), before=cold(cache)),
            "corpus_cached": best(lambda: load_corpus(folder, cache=cache)),
            "corpus_cached_hashed_anew": best(
                lambda: load_corpus(folder, cache=cache), before=without_index(cache)
            ),
        }
    finally:
        shutil.rmtree(cache)
    return {"files": len(paths), "cores": parallel.cores(), **figures}


def best(
    work: Callable[[], object], before: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """Return the shortest times that the work took, in seconds."""
    walls, processors = [], []
    for _ in range(ROUNDS):
        before()
        wall, processor = time.perf_counter(), spent()
        work()
        walls.append(time.perf_counter() - wall)
        processors.append(spent() - processor)
    return {"wall": round(min(walls), 3), "processor": round(min(processors), 3)}


def spent() -> float:
    """Return the processor time of this process and of its children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def cold(cache: Path) -> Callable[[], object]:
    """Return what forgets everything."""
    return lambda: (cache / NAME).unlink(missing_ok=True)


def without_index(cache: Path) -> Callable[[], object]:
    """Return what forgets which content lies where."""
    import sqlite3

    def forget() -> None:
        with sqlite3.connect(cache / NAME) as database:
            database.execute("delete from seen")
        database.close()

    return forget


if __name__ == "__main__":  # processes import this file
    main()
