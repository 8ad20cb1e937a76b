"""Measure how many notes a second the house network learns from.

Two models are fitted to random notes on the same machine, in the same precision
and with batches of the same size: the network of a recipe with its four heads, as
`antiphon train` fits it, from pieces that are transposed, stretched and encoded
meanwhile; and for comparison a bare Keras model of as many `keras.layers.LSTM` of
the same width with a single softmax over pitches, from ready arrays. After one
round to compile, the two take turns; the best round of each counts, since anything
else on the machine can only slow a round down.

Prints one JSON object: notes a second of each, and their ratio.
`[KERAS_BACKEND=jax] python benchmarks/training.py [--recipe house] [--rounds 3]`
"""

from __future__ import annotations

import argparse
import json
import os
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import NOTE_DTYPE, NoteArray
from antiphon_training.recipe import find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon_training.recipe import Recipe


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--recipe", default="house", help="which sizes (house)")
    options.add_argument("--rounds", type=int, default=3, help="rounds each (3)")
    chosen = options.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    from antiphon_training.fitting.precision import in_precision

    recipe = read_recipe(find_recipe(chosen.recipe))
    with in_precision(recipe.fit.precision):
        precision = keras.mixed_precision.dtype_policy().compute_dtype
        works = {"house": house(recipe), "bare_keras": bare_keras(recipe)}
        for work in works.values():
            work()
        best = {name: float("inf") for name in works}
        for _ in range(chosen.rounds):
            for name, work in works.items():
                start = time.perf_counter()
                work()
                best[name] = min(best[name], time.perf_counter() - start)
    notes = recipe.fit.batch * recipe.fit.steps * recipe.fit.batches_a_round
    figures = {f"{name}_notes_per_s": round(notes / seconds) for name, seconds in best.items()}
    ratio = round(best["bare_keras"] / best["house"], 2)
    told = {
        **figures,
        "ratio": ratio,
        "back_end": keras.backend.backend(),
        "precision": precision,
        "cores": len(os.sched_getaffinity(0)),
    }
    print(json.dumps(told, indent=2))


def house(recipe: Recipe) -> Callable[[], object]:
    """Return one round of training the recipe's network."""
    from antiphon_training.kinds.setup import Pieces

    codec, pieces = PerformanceCodec(), [piece(seed) for seed in range(20)]
    network = recipe.kind.build(recipe.network, codec)
    setup = recipe.kind.set_up(network, recipe, codec, Pieces(pieces, pieces[:1]), None)
    steps = recipe.fit.batches_a_round
    return lambda: setup.model.fit(setup.batches(0), steps_per_epoch=steps, verbose=0)


def piece(seed: int, notes: int = 2000) -> NoteArray:
    """Return random notes, four a second."""
    rng = np.random.default_rng(seed)
    made = np.zeros(notes, dtype=NOTE_DTYPE)
    made["pitch"] = rng.integers(36, 96, notes)
    made["onset"] = np.cumsum(rng.exponential(0.25, notes))
    made["duration"] = rng.exponential(0.5, notes)
    made["velocity"] = rng.integers(20, 110, notes)
    return made


def bare_keras(recipe: Recipe) -> Callable[[], object]:
    """Return one round of training as many LSTM layers of Keras' own, with one softmax."""
    import keras

    fit, sizes, classes = recipe.fit, recipe.network, PerformanceCodec.sizes[0]
    lstms: list[Any] = [
        keras.layers.LSTM(sizes.units, return_sequences=True) for _ in range(sizes.layers)
    ]
    softmax = keras.layers.Dense(classes, activation="softmax", dtype="float32")
    model = keras.Sequential([keras.layers.Embedding(classes, sizes.embedding), *lstms, softmax])
    model.compile(
        keras.optimizers.AdamW(global_clipnorm=fit.gradient_norm),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    rng = np.random.default_rng(1)
    shape = (fit.batch * fit.batches_a_round, fit.steps)
    pitches = rng.integers(0, classes, shape).astype(np.int32)
    following = np.roll(pitches, -1, axis=1)
    return lambda: model.fit(pitches, following, batch_size=fit.batch, shuffle=False, verbose=0)


if __name__ == "__main__":
    main()
