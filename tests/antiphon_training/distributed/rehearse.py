"""Fit a tiny house network as one of several processes; see test_process_group.

`python rehearse.py PROCESSES INDEX COORDINATOR FOLDER` writes what this process
saw to FOLDER/INDEX.json, and, where it is the first, its run to FOLDER/run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import AntiphonError
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import NOTE_DTYPE
from antiphon_training.distributed.process_group import ProcessGroup, join
from antiphon_training.distributed.process_options import ProcessOptions
from antiphon_training.distributed.validation import validation_batches
from antiphon_training.sequences.stretches import Augmentation, Stretches, validation_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

CODEC = PerformanceCodec()
BATCH, STEPS, ROUND, EPOCHS = 4, 12, 2, 3


def main(process: ProcessOptions, folder: Path) -> None:
    """Fit, and write what was seen."""
    group = join(process)
    seen: dict[str, Any] = {"devices": group.devices}
    seen["told"] = group.from_first(f"hello from {process.index}".encode()).decode()
    seen["decided"] = [group.decide(wish) for wish in (group.first, not group.first)]
    group.agree("the weather", b"sunny")
    try:
        group.agree("the weather", b"rain" if process.index else b"sunny")
    except AntiphonError as error:
        seen["disagreed"] = str(error)
    with group.together():
        seen |= fit(group, folder / "run")
    (folder / f"{process.index}.json").write_text(json.dumps(seen))


def fit(group: ProcessGroup, run: Path) -> dict[str, Any]:
    """Return the losses of a small training."""
    import keras
    import tensorflow as tf

    from antiphon_training.fitting.callbacks import LossLog, ToListener
    from antiphon_training.kinds.setup import Plan
    from antiphon_training.networks.house import HouseNetwork
    from antiphon_training.networks.streaming import StreamingNetwork

    keras.utils.set_random_seed(1)
    group.check_batch(BATCH)
    pieces = [piece(seed) for seed in range(3)]
    stretches = Stretches(pieces, CODEC, BATCH, STEPS, ROUND, Augmentation(), seed=1)
    network = HouseNetwork(
        CODEC.fields, CODEC.sizes, CODEC.input_sizes, units=8, embedding=6, head=5
    )
    model = StreamingNetwork(network, BATCH)
    model.build()
    optimizer = keras.optimizers.AdamW(0.01, global_clipnorm=1.0)
    crossentropy = keras.losses.SparseCategoricalCrossentropy
    model.compile(optimizer, {name: crossentropy(from_logits=True) for name in CODEC.fields})
    optimizer.build(model.trainable_variables)

    def endless() -> Iterator[Any]:
        index = 0
        while True:
            yield from stretches.round(index)
            index += 1

    notes = tf.TensorSpec((BATCH, STEPS, 4), tf.int32)
    signature = (
        {"previous": notes, "target": notes, "reset": tf.TensorSpec((BATCH,), tf.float32)},
        {name: tf.TensorSpec((BATCH, STEPS), tf.int32) for name in CODEC.fields},
    )
    batches = tf.data.Dataset.from_generator(endless, output_signature=signature)
    windows = validation_windows(pieces, CODEC, 16)
    validation, validation_steps = validation_batches(*windows, BATCH)
    steps = Steps()
    writers: list[Any] = []
    if group.first:
        run.mkdir()
        plan = Plan(epochs=EPOCHS, steps_a_part=4, notes_a_step=BATCH * STEPS, patience=EPOCHS)
        writers = [LossLog(run, plan), Keeping(run)]
    model.fit(
        batches,
        epochs=EPOCHS,
        steps_per_epoch=4,
        validation_data=validation,
        validation_steps=validation_steps,
        callbacks=[*writers, ToListener(steps)],
        shuffle=False,
        verbose=0,
    )
    return {"steps": steps.losses, "epochs": steps.epochs}


class Steps:
    """A listener that keeps the losses."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.epochs: list[dict[str, float]] = []

    def epoch_begins(self, number: int) -> None:
        pass

    def batch_ends(self, losses: dict[str, float]) -> None:
        self.losses.append(float(losses["loss"]))

    def epoch_ends(self, number: int, losses: dict[str, float]) -> None:
        self.epochs.append({name: float(loss) for name, loss in losses.items()})


def Keeping(run: Path) -> Any:  # noqa: N802 - a class, once Keras may be imported
    import keras

    class Kept(keras.callbacks.Callback):
        """Keeps weights, and all that a run needs to go on."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.network.save_weights(run / "best.weights.h5")
            values = [v.numpy() for v in (*self.model.variables, *self.model.optimizer.variables)]
            np.savez(run / "resume.npz", *values)

    return Kept()


def piece(seed: int) -> Any:
    """Return 40 notes."""
    rng = np.random.default_rng(seed)
    notes = np.zeros(37, dtype=NOTE_DTYPE)
    notes["pitch"] = rng.integers(48, 84, len(notes))
    notes["onset"] = np.cumsum(rng.choice([0.25, 0.5], len(notes)))
    notes["duration"], notes["velocity"] = 0.4, rng.integers(40, 90, len(notes))
    return notes


if __name__ == "__main__":
    count, index, coordinator, folder = sys.argv[1:]
    main(ProcessOptions(int(count), int(index), coordinator), Path(folder))
