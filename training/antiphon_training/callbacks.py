"""What happens between epochs: keep the best, be ready to resume, stop in time."""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from antiphon.errors import TrainingError
from antiphon_training import checkpoint
from antiphon_training.streaming import StreamingNetwork


def replace_by(path: Path, write: Any) -> None:
    """Let `write(half)` make a file, then put it in place of `path` at once."""
    half = path.with_name("half-" + path.name)
    write(half)
    os.replace(half, path)


class Checkpoints(keras.callbacks.Callback):  # type: ignore[misc]
    """Keep the best weights and the whole state of the run, epoch by epoch.

    Parameters
    ----------
    run : Path
        The run's folder.
    patience : int
        Epochs without a lower validation loss after which training stops.
    notes_an_epoch : int
        For the count of notes seen.
    """

    def __init__(self, run: Path, patience: int, notes_an_epoch: int) -> None:
        super().__init__()
        self._run, self._patience, self._notes = run, patience, notes_an_epoch
        self._since = time.monotonic()
        self._cpu_since = _cpu_seconds()
        self.done: dict[str, Any] = {
            "epochs": 0,
            "notes_seen": 0,
            "wall_hours": 0.0,
            "core_hours": 0.0,
            "best_epoch": 0,
            "best_valid_nats": None,
            "finished": False,
        }

    def resume(self, model: StreamingNetwork) -> int:
        """Put model and optimizer where the last run stopped; return the epochs done.

        Raises
        ------
        TrainingError
            The file does not fit the model: another recipe wrote it.
        """
        path = self._run / checkpoint.RESUME
        if not path.is_file():
            return 0
        try:
            with np.load(path, allow_pickle=False) as kept:
                values = [kept[f"v{i}"] for i in range(len(kept.files) - 1)]
                done = json.loads(str(kept["done"]))
        except (OSError, ValueError, KeyError) as error:
            raise TrainingError(f"{path} cannot be read: {error}; remove it to begin anew.") from error
        variables = _variables(model)
        if [tuple(v.shape) for v in variables] != [v.shape for v in values]:
            raise TrainingError(
                f"{path} was written with another recipe; use that recipe, or another --out folder."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self.done = done
        return int(done["epochs"])

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save what this epoch brought."""
        done, loss = self.done, float((logs or {})["val_loss"])
        self._count(epoch)
        if done["best_valid_nats"] is None or loss < done["best_valid_nats"]:
            done["best_valid_nats"], done["best_epoch"] = loss, epoch + 1
            self._save_best()
        elif epoch + 1 - done["best_epoch"] >= self._patience:
            done["finished"] = self.model.stop_training = True
        self._save_resume()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Note that the run came to its own end."""
        self.done["finished"] = True
        checkpoint.write_json(self._run / checkpoint.TRAINING, self.done)

    def _count(self, epoch: int) -> None:
        now, cpu = time.monotonic(), _cpu_seconds()
        self.done["epochs"] = epoch + 1
        self.done["notes_seen"] += self._notes
        self.done["wall_hours"] += (now - self._since) / 3600.0
        self.done["core_hours"] += (cpu - self._cpu_since) / 3600.0
        self._since, self._cpu_since = now, cpu

    def _save_best(self) -> None:
        # Keras wants the suffix .weights.h5, so the unfinished file keeps it.
        replace_by(self._run / checkpoint.BEST, self.model.network.save_weights)

    def _save_resume(self) -> None:
        values = {f"v{i}": v.numpy() for i, v in enumerate(_variables(self.model))}

        def write(path: Path) -> None:
            with path.open("wb") as out:
                np.savez(out, done=np.array(json.dumps(self.done)), **values)
                out.flush()
                os.fsync(out.fileno())

        replace_by(self._run / checkpoint.RESUME, write)
        checkpoint.write_json(self._run / checkpoint.TRAINING, self.done)


def _variables(model: StreamingNetwork) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
