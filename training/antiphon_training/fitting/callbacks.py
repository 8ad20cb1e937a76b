"""What happens around epochs: keep the best, be ready to resume, stop in time, tell."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
import zipfile
from typing import TYPE_CHECKING, Any, Protocol

import keras
import numpy as np

from antiphon.errors import TrainingError
from antiphon_training.fitting import run_folder
from antiphon_training.scale.ensemble import Ensemble

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon_training.fitting.lesson import Plan

Losses = dict[str, float]
"""As Keras names them: `loss`, `pitch_loss` ..., and the same after `val_`."""


HDF5_OVERHEAD = 4096
"""Bytes that a variable takes in a file besides its values, at most."""


class Checkpoints(keras.callbacks.Callback):
    """Keep the best weights and the whole state of the run, epoch by epoch.

    Parameters
    ----------
    run : Path
        The run's folder.
    plan : Plan
        How long, and with how much patience.
    network : keras.Model
        Whose weights are the best.
    ensemble : Ensemble
        The processes that train together. The first alone reads and writes.

    Attributes
    ----------
    done : dict
        What was done so far; `training.json`.
    """

    def __init__(
        self, run: Path, plan: Plan, network: Any, ensemble: Ensemble | None = None
    ) -> None:
        super().__init__()
        self._run, self._plan, self._network = run, plan, network
        self._ensemble = ensemble or Ensemble()
        self._since = time.monotonic()
        self._cpu_since = time.process_time()
        self.done: dict[str, Any] = {
            "epochs": 0,
            "notes_seen": 0,
            "wall_hours": 0.0,
            "core_hours": 0.0,
            "best_epoch": 0,
            "best_valid_loss": None,
            "finished": False,
        }

    @property
    def ended(self) -> bool:
        """Whether the run came to its own end: all epochs, patience or hours used up.

        Worked out from what was done, not remembered, so that it holds after a
        kill, and no longer where one of them was raised.
        """
        epochs = self.done["epochs"]
        without_better = epochs - self.done["best_epoch"]
        return bool(
            epochs >= self._plan.epochs
            or without_better >= self._plan.patience
            or (self._plan.hours is not None and self.done["wall_hours"] >= self._plan.hours)
        )

    def resume(self, model: Any) -> int:
        """Put model and optimizer where the last run stopped; return the epochs done.

        Raises
        ------
        TrainingError
            The file does not fit the model: another recipe wrote it.
        """
        path = self._run / run_folder.RESUME
        try:
            content = self._ensemble.from_first(path.read_bytes() if self._there(path) else b"")
            if not content:
                return 0
            with np.load(io.BytesIO(content), allow_pickle=False) as kept:
                values = [kept[f"v{i}"] for i in range(len(kept.files) - 1)]
                done = json.loads(str(kept["done"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{path} cannot be read ({error}); remove it to begin anew."
            ) from error
        variables = _variables(model)
        if [tuple(v.shape) for v in variables] != [v.shape for v in values]:
            raise TrainingError(
                f"{path} was written with another recipe; use that recipe, or another --out folder."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        if "best_valid_nats" in done:  # as it was called when there was the house network only
            done["best_valid_loss"] = done.pop("best_valid_nats")
        self.done = {**done, "finished": False}
        self.done["finished"] = self.ended
        return int(done["epochs"])

    def _there(self, path: Path) -> bool:
        return self._ensemble.first and path.is_file()

    def begin_with(self, loss: float) -> None:
        """Keep what the network knows before its first epoch, and how well it does so."""
        self.done["best_valid_loss"] = self.done["valid_loss_before"] = loss
        if self._ensemble.first:
            run_folder.replace_by(self._run / run_folder.BEST, self._write_best)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save what this epoch brought."""
        done, loss = self.done, float((logs or {})["val_loss"])
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss of epoch {epoch + 1} is no longer a number; "
                "lower learning_rate or gradient_norm, and choose another --out folder."
            )
        self._count(epoch)
        if done["best_valid_loss"] is None or loss < done["best_valid_loss"]:
            done["best_valid_loss"], done["best_epoch"] = loss, epoch + 1
            # The best first: an epoch whose weights were lost is not kept, and done again.
            if self._ensemble.first:
                run_folder.replace_by(self._run / run_folder.BEST, self._write_best)
        done["finished"] = self._ensemble.decide(self.ended)
        if done["finished"]:
            self.model.stop_training = True
        if self._ensemble.first:
            self._save_resume()

    def _count(self, epoch: int) -> None:
        now, cpu = time.monotonic(), time.process_time()
        self.done["epochs"] = epoch + 1
        self.done["notes_seen"] += self._plan.notes_an_epoch
        self.done["wall_hours"] += (now - self._since) / 3600.0
        self.done["core_hours"] += (cpu - self._cpu_since) / 3600.0
        self._since, self._cpu_since = now, cpu

    def _write_best(self, half: Path) -> None:
        network = self._network
        # HDF5 crashes the process on a full disk (seen with h5py 3), so see first that
        # there is room, the way that raises OSError.
        size = sum(int(np.prod(w.shape)) * 4 + HDF5_OVERHEAD for w in network.weights)
        with half.open("wb") as room:
            room.write(bytes(size))
            room.flush()
            os.fsync(room.fileno())
        network.save_weights(half)

    def _save_resume(self) -> None:
        values = {f"v{i}": v.numpy() for i, v in enumerate(_variables(self.model))}

        def write(half: Path) -> None:
            with half.open("wb") as out:
                np.savez(out, done=np.array(json.dumps(self.done)), **values)

        run_folder.replace_by(self._run / run_folder.RESUME, write)
        run_folder.write_json(self._run / run_folder.TRAINING, self.done)


class LossLog(keras.callbacks.Callback):
    """Write the losses of each epoch, counted from 0, as a line of `log.csv`.

    Unlike Keras' own, it holds no file open that an exception would leave so.
    """

    def __init__(self, run: Path) -> None:
        super().__init__()
        self._path = run / run_folder.LOG

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Append a line, after a line of names where there is none yet."""
        losses = {"epoch": epoch, **dict(sorted((logs or {}).items()))}
        with self._path.open("a", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            if out.tell() == 0:
                lines.writerow(losses)
            lines.writerow(losses.values())


class Listener(Protocol):
    """Whoever wants to know how a training goes."""

    def begins(self, plan: Plan, epochs_done: int) -> None:
        """Be told how long the run is, and how many epochs were done before."""

    def epoch_begins(self, number: int) -> None:
        """Be told that an epoch begins, counted from 1."""

    def batch_ends(self, losses: Losses) -> None:
        """Be told the means of the epoch so far."""

    def epoch_ends(self, number: int, losses: Losses) -> None:
        """Be told the losses of an epoch, those of the watched pieces with them."""


class Telling(keras.callbacks.Callback):
    """Hand what happens to a listener that knows no Keras."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Tell that an epoch begins."""
        self._listener.epoch_begins(epoch + 1)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the mean losses of the epoch so far."""
        self._listener.batch_ends(dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the losses of an epoch."""
        self._listener.epoch_ends(epoch + 1, dict(logs or {}))


def _variables(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]
