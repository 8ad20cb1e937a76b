"""Train a tiny house network on whatever back end Keras is told to use; see test_back_ends.

The rate falls as the hours of the run are used up, by a clock that counts the batches.

`KERAS_BACKEND=jax python learn_a_little.py BEGIN.weights.h5 LEARNED.weights.h5 FOUND.npz`
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon_training.fitting.callbacks import Checkpoints
from antiphon_training.kinds.schedule import WarmHoldDecay
from antiphon_training.kinds.setup import Plan
from antiphon_training.networks.house import HouseNetwork
from antiphon_training.networks.streaming import StreamingNetwork

CODEC = PerformanceCodec()
BATCH, TIME, BATCHES, EPOCHS = 4, 6, 8, 3
HOURS = BATCHES * EPOCHS / 3600.0
"""A second for each batch."""


class Hours(Checkpoints):
    """The part of the checkpoints that the rate follows, and the rates of the next steps."""

    def __init__(self, network: HouseNetwork, spent: keras.Variable) -> None:
        plan = Plan(EPOCHS, BATCHES, BATCH * TIME, EPOCHS, HOURS)
        self.rates: list[float] = []
        super().__init__(
            Path(), plan, network, spent=spent, clock=lambda: float(len(self.rates) + 1)
        )
        self._since = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        super().on_train_batch_end(batch, logs)
        self.rates.append(float(self.model.optimizer.learning_rate))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write nothing."""


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
    schedule = WarmHoldDecay(0.01, 1, 1000, 0.5)
    optimizer = keras.optimizers.AdamW(schedule, global_clipnorm=1.0)
    model.compile(
        optimizer,
        loss={
            name: keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            for name in CODEC.fields
        },
    )
    optimizer.build(model.trainable_variables)
    hours = Hours(network, schedule.follow_hours(optimizer))
    previous, target = (_notes(seed, s) for seed, s in enumerate((CODEC.input_sizes, CODEC.sizes)))
    inputs = {
        "previous": previous,
        "target": target,
        "reset": np.repeat(np.arange(BATCHES) % 4 == 0, BATCH).astype(np.float32),
    }
    fields = {name: target[:, :, i] for i, name in enumerate(CODEC.fields)}
    logits = keras.ops.convert_to_numpy(network(inputs)["velocity"])
    done = model.fit(
        inputs, fields, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[hours]
    )
    network.save_weights(learned)
    carried = np.stack([keras.ops.convert_to_numpy(c) for c in model.carried])
    np.savez(found, logits=logits, losses=done.history["loss"], carried=carried, rates=hours.rates)


def _notes(seed: int, sizes: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = (BATCH * BATCHES, TIME)
    return np.stack([rng.integers(0, n, shape) for n in sizes], axis=-1).astype(np.int32)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
