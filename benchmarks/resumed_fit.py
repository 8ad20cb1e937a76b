"""The training of a benchmark, which the same command resumes where it was stopped."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from antiphon_training.kinds.setup import TrainingSetup

SPENT = "core_seconds.json"
DONE, WEIGHTS = "training_metadata.json", "latest.weights.h5"
"""What Keras' `BackupAndRestore` writes: how many parts are done, and the network."""


def fit(setup: TrainingSetup, folder: Path | None) -> float:
    """Train a network by its whole plan; return the core seconds, of earlier tries too.

    Parameters
    ----------
    setup : TrainingSetup
        The compiled network, its data and its plan.
    folder : Path or None
        Where it is kept after each part of the plan; None: nowhere.
    """
    import keras

    done = _read(folder, DONE).get("epoch", 0)
    before = float(_read(folder, SPENT).get("seconds", 0.0))
    begun = time.process_time()

    def seconds() -> float:
        return before + time.process_time() - begun

    def keep(part: int, logs: Mapping[str, float]) -> None:
        told = {"seconds": seconds(), "parts": part + 1, "loss": logs["loss"]}
        (folder / SPENT).write_text(json.dumps(told), encoding="utf-8")

    callbacks: list[Any] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        callbacks = [
            keras.callbacks.BackupAndRestore(str(folder), delete_checkpoint=False),
            keras.callbacks.LambdaCallback(on_epoch_end=keep),
        ]
    if done == setup.plan.all_parts:
        setup.model.load_weights(folder / WEIGHTS)
        return before
    setup.model.fit(
        setup.batches(done),
        epochs=setup.plan.all_parts,
        steps_per_epoch=setup.plan.steps_a_part,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    )
    return seconds()


def _read(folder: Path | None, name: str) -> dict[str, Any]:
    path = folder / name if folder else None
    if path is None or not path.is_file():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
