"""Callbacks of a run: checkpoints with early stopping, the log of losses, and a listener."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import time
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import keras
import numpy as np

from antiphon.errors import TrainingError
from antiphon_training.distributed.process_group import ProcessGroup
from antiphon_training.fitting import run_folder
from antiphon_training.fitting.averaging import AveragedWeights

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from antiphon_training.kinds.setup import Plan

Losses = dict[str, float]
"""By Keras' names: `loss`, `pitch_loss` ..., and the same after `val_` for validation."""

HDF5_OVERHEAD = 8192
"""Bytes that a variable and its layer take in a file besides the values, at most."""


class Checkpoints(keras.callbacks.Callback):
    """Keep the best weights and the whole state of the run after each epoch.

    Parameters
    ----------
    run : Path
        The run's folder.
    plan : Plan
        The length of the run, and its patience.
    network : keras.Model
        The network whose best weights are kept.
    group : ProcessGroup, optional
        The processes that train together; only the first reads and writes files. This
        process alone when not given.
    averages : AveragedWeights, optional
        The averages that are kept in the place of the weights.

    Attributes
    ----------
    done : dict
        The progress so far, as in `training.json`.
    """

    def __init__(
        self,
        run: Path,
        plan: Plan,
        network: Any,
        group: ProcessGroup | None = None,
        averages: AveragedWeights | None = None,
    ) -> None:
        super().__init__()
        self.averages = averages or AveragedWeights()
        self._run, self._plan, self._network = run, plan, network
        self.group = group or ProcessGroup()
        self._since = time.monotonic()
        self._cpu_since = time.process_time()
        self._steps = 0
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
        """Whether the run is over: its epochs, its patience or its hours are used up.

        It is computed from the progress and not stored, so it is right after a kill, and
        when one of the three was raised since.
        """
        epochs = self.done["epochs"]
        without_better = epochs - self.done["best_epoch"]
        return bool(
            epochs >= self._plan.epochs
            or without_better >= self._plan.patience
            or (self._plan.hours is not None and self.done["wall_hours"] >= self._plan.hours)
        )

    def resume(self, model: Any) -> int:
        """Restore model, optimizer and progress of an earlier run; return its epochs.

        Raises
        ------
        TrainingError
            The file cannot be read, or another recipe wrote it.
        """
        path = self._run / run_folder.RESUME
        try:
            content = self.group.from_first(path.read_bytes() if self._there(path) else b"")
            if not content:
                return 0
            with np.load(io.BytesIO(content), allow_pickle=False) as kept:
                values = [kept[f"v{i}"] for i in range(len(kept.files) - 1)]
                done = json.loads(str(kept["done"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{path} cannot be read ({error}); remove it to start the run again."
            ) from error
        variables = _variables(model)
        if [tuple(v.shape) for v in variables] != [v.shape for v in values]:
            raise TrainingError(
                f"{path} was written with another recipe; use that recipe, or another --out folder."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        if "best_valid_nats" in done:  # the key before there were several kinds
            done["best_valid_loss"] = done.pop("best_valid_nats")
        self.done = {**done, "finished": False}
        self.done["finished"] = self.ended
        return int(done["epochs"])

    def _there(self, path: Path) -> bool:
        return self.group.first and path.is_file()

    def begin_with(self, loss: float) -> None:
        """Keep the weights and the validation loss from before the first epoch."""
        self.done["best_valid_loss"] = self.done["valid_loss_before"] = loss
        if self.group.first:
            run_folder.replace_by(self._run / run_folder.BEST, self._write_best)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Count the steps of an epoch from 0."""
        del epoch, logs
        self._steps = 0

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End the epoch here where the hours are used up.

        Of several processes none may stop by its own clock: they end with the epoch.
        """
        del logs
        self._steps = batch + 1
        hours = self._plan.hours
        if hours is None or self.group.processes > 1:
            return
        passed = (time.monotonic() - self._since) / 3600.0
        if self.done["wall_hours"] + passed >= hours:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the checkpoint of an epoch, and stop where the run is over."""
        done, loss = self.done, float((logs or {})["val_loss"])
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss of epoch {epoch + 1} is no longer a number; "
                "lower learning_rate or gradient_norm, and choose another --out folder."
            )
        self._count(epoch)
        if done["best_valid_loss"] is None or loss < done["best_valid_loss"]:
            done["best_valid_loss"], done["best_epoch"] = loss, epoch + 1
            # Before the rest: if this fails, the epoch has no checkpoint and is repeated.
            # In all processes: they set their weights together, or each waits for the others.
            with self.averages.in_place(self.model):
                if self.group.first:
                    run_folder.replace_by(self._run / run_folder.BEST, self._write_best)
        done["finished"] = self.group.decide(self.ended)
        if done["finished"]:
            self.model.stop_training = True
        if self.group.first:
            self._save_resume()

    def _count(self, epoch: int) -> None:
        now, cpu = time.monotonic(), time.process_time()
        self.done["epochs"] = epoch + 1
        self.done["notes_seen"] += self._steps * self._plan.notes_a_step
        self.done["wall_hours"] += (now - self._since) / 3600.0
        self.done["core_hours"] += (cpu - self._cpu_since) / 3600.0
        self._since, self._cpu_since = now, cpu

    def _write_best(self, half: Path) -> None:
        # HDF5 crashes the process on a full disk (seen with h5py 3), so first write as many
        # bytes in a way that raises OSError.
        with half.open("wb") as room:
            room.write(bytes(_size_of_file(self._network)))
            room.flush()
            os.fsync(room.fileno())
        with _without_optimizer(self._network) as network:
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

    Unlike Keras' CSVLogger it leaves no file open when an exception ends the training.
    """

    def __init__(self, run: Path) -> None:
        super().__init__()
        self._path = run / run_folder.LOG

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Append a line; to an empty file first a line of names."""
        losses = {"epoch": epoch, **dict(sorted((logs or {}).items()))}
        with self._path.open("a", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            if out.tell() == 0:
                lines.writerow(losses)
            lines.writerow(losses.values())


class Listener(Protocol):
    """An object that shows the progress of a training. Its methods run between batches."""

    def begins(self, plan: Plan, epochs_done: int) -> None:
        """Show that the run starts, or resumes after so many epochs."""

    def epoch_begins(self, number: int) -> None:
        """Show that an epoch starts; the first has the number 1."""

    def batch_ends(self, losses: Losses) -> None:
        """Show the losses after a batch: means over the epoch so far."""

    def epoch_ends(self, number: int, losses: Losses) -> None:
        """Show the losses of an epoch, with those of validation."""


class ToListener(keras.callbacks.Callback):
    """Call a `Listener`, which needs no Keras."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Pass on that an epoch starts."""
        self._listener.epoch_begins(epoch + 1)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Pass on the mean losses of the epoch so far."""
        self._listener.batch_ends(dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Pass on the losses of an epoch."""
        self._listener.epoch_ends(epoch + 1, dict(logs or {}))


@contextmanager
def _without_optimizer(network: Any) -> Iterator[Any]:
    """Have a network without its optimizer, whose moments Keras would write beside the weights.

    They are twice as many numbers as the weights, and only `resume.npz` needs them.
    """
    optimizer = getattr(network, "optimizer", None)
    if optimizer is None:
        yield network
        return
    network.optimizer = None
    try:
        yield network
    finally:
        network.optimizer = optimizer


def _size_of_file(network: Any) -> int:
    """Return how many bytes a file of a network's weights takes at most."""
    return sum(int(np.prod(w.shape)) * 4 + HDF5_OVERHEAD for w in network.weights)


def _variables(model: Any) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]
