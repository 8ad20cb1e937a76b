"""Event files for TensorBoard: losses and the learning rate, by epochs.

Tags that begin with `epoch_` have the epoch on their axis, from 0 as in `log.csv`. Where an
epoch has several parts, those that begin with `part_` have a point for each part, and an
`epoch_` tag has the figures of the last part of each epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon_training.fitting import run_folder

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon_training.kinds.setup import Plan

VALIDATION = "val_"


class EventFiles(keras.callbacks.Callback):
    """Write losses where Keras' own callback would, but with epochs as the recipe counts them.

    Parameters
    ----------
    run : Path
        The run's folder.
    plan : Plan
        How many parts an epoch has.
    """

    def __init__(self, run: Path, plan: Plan) -> None:
        super().__init__()
        self._folder, self._plan = run / run_folder.TENSORBOARD, plan
        self._writers: dict[str, Any] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the figures of a part of an epoch."""
        sides: dict[str, dict[str, float]] = {"train": {}, "validation": {}}
        for name, value in (logs or {}).items():
            side = "validation" if name.startswith(VALIDATION) else "train"
            sides[side][name.removeprefix(VALIDATION)] = value
        sides["train"]["learning_rate"] = float(self.model.optimizer.learning_rate)
        parts = self._plan.parts
        for side, figures in sides.items():
            if parts > 1:
                self._write(side, figures, "part_", epoch)
            if (epoch + 1) % parts == 0:
                self._write(side, figures, "epoch_", epoch // parts)

    def _write(self, side: str, figures: dict[str, float], prefix: str, place: int) -> None:
        if side not in self._writers:
            self._writers[side] = tf.summary.create_file_writer(str(self._folder / side))
        with self._writers[side].as_default():
            for name, value in figures.items():
                tf.summary.scalar(prefix + name, value, step=place)
        self._writers[side].flush()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Close the files."""
        del logs
        for writer in self._writers.values():
            writer.close()
