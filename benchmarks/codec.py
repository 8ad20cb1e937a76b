"""Measure how fast the performance codec encodes and decodes, and symbols are read.

One million random notes, five rounds each way in one thread; the best round
counts, since anything else on the machine can only slow a round down. Prints
one JSON object, in notes a second: `python benchmarks/codec.py`.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import Note, notes_to_array

if TYPE_CHECKING:
    from collections.abc import Callable

NOTES = 1_000_000
ROUNDS = 5
LENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0)


def main() -> None:
    """Print notes a second for encode, decode, and decoding one by one."""
    generator = np.random.default_rng(1)
    codec = PerformanceCodec()
    classes = np.stack([generator.integers(0, n, NOTES) for n in codec.sizes], axis=1)
    classes = classes.astype(np.int32)
    within = generator.random((NOTES, 4), dtype=np.float32)
    notes = codec.decode(classes, within, 0.0)
    symbols = SymbolsCodec.learn([notes], lengths=LENGTHS)
    one, place = classes[0], within[0]
    figures = {
        "encode": NOTES / best(lambda: codec.encode(notes)),
        "decode": NOTES / best(lambda: codec.decode(classes, within, 0.0)),
        "encode_window_of_64": 64 / best(lambda: codec.encode(notes[:64])),
        "decode_one": 1 / best(lambda: codec.decode_one(one, place, 0.0)),
        "symbols_learn": NOTES / best(lambda: SymbolsCodec.learn([notes], lengths=LENGTHS)),
        "symbols_encode": NOTES / best(lambda: symbols.encode(notes)),
        "note_to_array": 1 / best(lambda: notes_to_array([Note(60, 0.0, 1.0, 64)])),
    }
    print(json.dumps({name: round(value) for name, value in figures.items()}, indent=2))


def best(work: Callable[[], object]) -> float:
    """Return the shortest time that the work took, in seconds."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
