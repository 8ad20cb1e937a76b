"""Callbacks of a run: checkpoints with early stopping, the log of losses, and a listener."""

from __future__ import annotations

import csv
import io
import json
import math
import time
import zipfile
from typing import TYPE_CHECKING, Any, Protocol

import keras
import numpy as np

from antiphon.errors import TrainingError
from antiphon_training.distributed.process_group import ProcessGroup
from antiphon_training.fitting import run_folder
from antiphon_training.fitting.averaging import AveragedWeights
from antiphon_training.fitting.weights_file import write_weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon_training.kinds.setup import Plan

Losses = dict[str, float]
"""By Keras' names: `loss`, `pitch_loss` ..., and the same after `val_` for validation."""


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
    spent : keras.Variable, optional
        Set to the share of the hours that is used up, after each batch: the learning rate
        follows it. It is not part of the checkpoint, which has the hours.
    clock : callable
        Returns seconds.

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
        spent: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.averages = averages or AveragedWeights()
        self._run, self._plan, self._network = run, plan, network
        self.group = group or ProcessGroup()
        self._spent, self._clock = spent, clock
        self._since = clock()
        self._cpu_since = time.process_time()
        self._steps = 0
        self.done: dict[str, Any] = {
            "epochs": 0,
            "parts": 0,
            "notes_seen": 0,
            "wall_hours": 0.0,
            "core_hours": 0.0,
            "best_epoch": 0,
            "best_part": 0,
            "best_valid_loss": None,
            "finished": False,
        }

    @property
    def ended(self) -> bool:
        """Whether the run is over: its epochs, its patience or its hours are used up.

        It is computed from the progress and not stored, so it is right after a kill, and
        when one of the three was raised since.
        """
        parts = self.done["parts"]
        without_better = parts - self.done["best_part"]
        return bool(
            parts >= self._plan.all_parts
            or without_better >= self._plan.patience * self._plan.parts
            or (self._plan.hours is not None and self.done["wall_hours"] >= self._plan.hours)
        )

    def resume(self, model: Any) -> int:
        """Restore model, optimizer and progress of an earlier run; return its parts.

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
        variables = self._variables(model)
        if [tuple(v.shape) for v in variables] != [v.shape for v in values]:
            raise TrainingError(
                f"{path} was written with another recipe; use that recipe, or another --out folder."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        if "best_valid_nats" in done:  # the key before there were several kinds
            done["best_valid_loss"] = done.pop("best_valid_nats")
        if "parts" not in done:  # what were called epochs then
            done["parts"], done["best_part"] = done["epochs"], done["best_epoch"]
        self.done = {**done, "finished": False}
        self.done["finished"] = self.ended
        return int(done["parts"])

    def _there(self, path: Path) -> bool:
        return self.group.first and path.is_file()

    def begin_with(self, loss: float) -> None:
        """Keep the weights and the validation loss from before the first epoch."""
        self.done["best_valid_loss"] = self.done["valid_loss_before"] = loss
        if self.group.first:
            run_folder.replace_by(self._run / run_folder.BEST, self._write_best)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Count the steps of a part from 0."""
        del epoch, logs
        self._steps = 0
        if self._plan.hours is not None:
            # Clocks differ, and all processes must learn at the same rate.
            share = self.group.from_first(repr(self._hours() / self._plan.hours).encode())
            self._spend(float(share))

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """End the part here where the hours are used up.

        Of several processes none may stop by its own clock: they end with the part.
        """
        del logs
        self._steps = batch + 1
        hours = self._plan.hours
        if hours is None or self.group.processes > 1:
            return
        share = self._hours() / hours
        self._spend(share)
        if share >= 1.0:
            self.model.stop_training = True

    def _hours(self) -> float:
        """Return the hours of training so far, those before the run was resumed included."""
        return float(self.done["wall_hours"]) + (self._clock() - self._since) / 3600.0

    def _spend(self, share: float) -> None:
        """Let the learning rate follow the share of the hours that is used up."""
        if self._spent is None:
            return
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()  # else JAX goes on with its own copy of the variable
        self._spent.assign(min(share, 1.0))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the checkpoint of a part of an epoch, and stop where the run is over."""
        done, loss = self.done, float((logs or {})["val_loss"])
        if not math.isfinite(loss):
            raise TrainingError(
                f"The loss of {self._plan.place(epoch + 1)} is no longer a number; "
                "lower learning_rate or gradient_norm, and choose another --out folder."
            )
        self._count(epoch)
        if done["best_valid_loss"] is None or loss < done["best_valid_loss"]:
            done["best_valid_loss"], done["best_part"] = loss, epoch + 1
            done["best_epoch"] = self._plan.epochs_in(epoch + 1)
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
        now, cpu = self._clock(), time.process_time()
        self.done["parts"] = epoch + 1
        self.done["epochs"] = self._plan.epochs_in(epoch + 1)
        self.done["notes_seen"] += self._steps * self._plan.notes_a_step
        self.done["wall_hours"] += (now - self._since) / 3600.0
        self.done["core_hours"] += (cpu - self._cpu_since) / 3600.0
        self._since, self._cpu_since = now, cpu

    def _write_best(self, half: Path) -> None:
        write_weights(self._network, half)

    def _variables(self, model: Any) -> list[Any]:
        """Return the variables of a checkpoint, in its order."""
        both = [*model.variables, *model.optimizer.variables]
        return [variable for variable in both if variable is not self._spent]

    def _save_resume(self) -> None:
        values = {f"v{i}": v.numpy() for i, v in enumerate(self._variables(self.model))}

        def write(half: Path) -> None:
            with half.open("wb") as out:
                np.savez(out, done=np.array(json.dumps(self.done)), **values)

        run_folder.replace_by(self._run / run_folder.RESUME, write)
        run_folder.write_json(self._run / run_folder.TRAINING, self.done)


class LossLog(keras.callbacks.Callback):
    """Write the losses of each part of an epoch as a line of `log.csv`.

    Epochs are counted from 0, as Keras does; where they have several parts, `epochs_done`
    is how many there are after the part.

    Unlike Keras' CSVLogger it leaves no file open when an exception ends the training.
    """

    def __init__(self, run: Path, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._path = run / run_folder.LOG

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Append a line; to an empty file first a line of names."""
        plan = self._plan
        place: dict[str, float] = {"epoch": epoch // plan.parts}
        if plan.parts > 1:
            place["epochs_done"] = plan.epochs_in(epoch + 1)
        losses = {**place, **dict(sorted((logs or {}).items()))}
        with self._path.open("a", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            if out.tell() == 0:
                lines.writerow(losses)
            lines.writerow(losses.values())


class Listener(Protocol):
    """An object that shows the progress of a training. Its methods run between batches."""

    def begins(self, plan: Plan, parts_done: int, hours_done: float) -> None:
        """Show that the run starts, or resumes after so many parts of epochs, and hours."""

    def epoch_begins(self, number: int) -> None:
        """Show that a part of an epoch starts; the first of all has the number 1."""

    def batch_ends(self, losses: Losses) -> None:
        """Show the losses after a batch: means over the part so far."""

    def epoch_ends(self, number: int, losses: Losses) -> None:
        """Show the losses of a part, with those of validation."""


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
