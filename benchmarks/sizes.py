"""Measure what the size of a house network costs: ms a note, and MB of its instrument file.

Networks of random weights are exported to int8, and take turns in drawing notes, on one
thread; time does not depend on the weights. Prints one JSON object a size.
A size is layers x units, with `+64` for a head of attention of this width.
`python benchmarks/sizes.py [2x512 2x512+64 2x768 3x512] [--notes 400] [--turns 10]`
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from instrument_file import write_instrument

from antiphon.instrument import Ask, Predictor
from antiphon.music.codecs.performance import PerformanceCodec


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("sizes", nargs="*", default=["2x512", "2x512+64", "2x768", "3x512"])
    options.add_argument("--notes", type=int, default=400, help="notes a turn (400)")
    options.add_argument("--turns", type=int, default=10, help="turns of each size (10)")
    chosen = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: made(size, Path(folder)) for size in chosen.sizes}
        megabytes = {size: path.stat().st_size / 1e6 for size, path in paths.items()}
        players = {size: Predictor(path, 1) for size, path in paths.items()}
    times: dict[str, list[float]] = {size: [] for size in players}
    for _ in range(chosen.turns):
        for size, player in players.items():
            times[size] += draw(player, chosen.notes)
    for size, taken in times.items():
        least, median = np.percentile(np.array(taken) * 1000.0, [1, 50]).round(3).tolist()
        told = {"size": size, "ms_p1": least, "ms_p50": median, "MB": round(megabytes[size], 2)}
        print(json.dumps(told))


def made(size: str, folder: Path) -> Path:
    """Return an instrument file of this size."""
    from antiphon_training.networks.house import HouseNetwork

    widths, _, attention = size.partition("+")
    layers, units = map(int, widths.split("x"))
    codec = PerformanceCodec()
    network = HouseNetwork(
        codec.fields,
        codec.sizes,
        codec.input_sizes,
        units=units,
        layers_count=layers,
        attention=int(attention or 0),
    )
    network.build()
    path = folder / f"{size}.onnx"
    write_instrument(network, codec, path)
    return path


def draw(player: Predictor, notes: int) -> list[float]:
    """Return the seconds of each of so many notes, drawn one after the other."""
    rng = np.random.default_rng(1)
    state, previous, times = player.initial_state(), player.codec.start, []
    for _ in range(notes):
        uniforms = rng.random(4, dtype=np.float32)
        begun = time.perf_counter()
        found = player.step(Ask(state, previous, uniforms))
        times.append(time.perf_counter() - begun)
        state, previous = found.state, found.classes
    return times


if __name__ == "__main__":
    main()
