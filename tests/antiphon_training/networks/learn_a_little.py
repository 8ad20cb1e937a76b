"""Train a tiny house network on whatever back end Keras is told to use; see test_back_ends.

`KERAS_BACKEND=jax python learn_a_little.py BEGIN.weights.h5 LEARNED.weights.h5 FOUND.npz`
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon_training.networks.house import HouseNetwork
from antiphon_training.networks.streaming import StreamingNetwork

CODEC = PerformanceCodec()
BATCH, TIME, BATCHES = 4, 6, 8


def main(begin: Path, learned: Path, found: Path) -> None:
    """Fit from the weights in `begin`, which are made where there are none."""
    keras.utils.set_random_seed(1)
    network = HouseNetwork(
        CODEC.fields, CODEC.sizes, CODEC.input_sizes, units=8, embedding=6, head=5
    )
    model = StreamingNetwork(network, BATCH)
    model.build()
    if not begin.exists():
        network.save_weights(begin)
    network.load_weights(begin)
    model.compile(
        keras.optimizers.AdamW(0.01, global_clipnorm=1.0),
        loss={
            name: keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            for name in CODEC.fields
        },
    )
    previous, target = (_notes(seed, s) for seed, s in enumerate((CODEC.input_sizes, CODEC.sizes)))
    inputs = {
        "previous": previous,
        "target": target,
        "reset": np.repeat(np.arange(BATCHES) % 4 == 0, BATCH).astype(np.float32),
    }
    fields = {name: target[:, :, i] for i, name in enumerate(CODEC.fields)}
    logits = keras.ops.convert_to_numpy(network(inputs)["velocity"])
    done = model.fit(inputs, fields, batch_size=BATCH, epochs=3, shuffle=False, verbose=0)
    network.save_weights(learned)
    carried = np.stack([keras.ops.convert_to_numpy(c) for c in model.carried])
    np.savez(found, logits=logits, losses=done.history["loss"], carried=carried)


def _notes(seed: int, sizes: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = (BATCH * BATCHES, TIME)
    return np.stack([rng.integers(0, n, shape) for n in sizes], axis=-1).astype(np.int32)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
