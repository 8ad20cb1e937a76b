"""A network with its data and a plan: the form of a training for all kinds of network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.music.note import NoteArray
from antiphon_training.sequences.stretches import Lesson


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a run, each sorted by onset.

    Attributes
    ----------
    train, validation : sequence of NoteArray
        Those that are trained on, and those that the loss is measured on after each
        epoch.
    lessons : sequence of Lesson
        What each of `train` teaches; empty where each teaches everything.
    """

    train: Sequence[NoteArray]
    validation: Sequence[NoteArray]
    lessons: Sequence[Lesson] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The length of a run.

    An epoch is what the recipe says: for windows, a pass over all of them. Where a pass
    takes long it has several parts, and each part ends with validation and a checkpoint.

    Attributes
    ----------
    epochs : int
        The largest number of epochs.
    steps_a_part : int
        Training batches in each part.
    notes_a_step : int
        Notes, or words, predicted in each batch.
    patience : int
        Epochs without a better validation loss before the run ends.
    hours : float or None
        Hours of training after which the run ends, with those before it was resumed; the
        learning rate has fallen by then.
    parts : int
        Parts of an epoch.
    """

    epochs: int
    steps_a_part: int
    notes_a_step: int
    patience: int
    hours: float | None = None
    parts: int = 1

    @property
    def all_parts(self) -> int:
        """The parts of all epochs."""
        return self.epochs * self.parts

    def epochs_in(self, parts: int) -> float:
        """Return how many epochs so many parts are, an int where they are whole."""
        whole, rest = divmod(parts, self.parts)
        return whole if not rest else round(parts / self.parts, 3)

    def place(self, part: int, of: str = "/") -> str:
        """Return the place of a part, counted from 1: "epoch 3/200, part 2/5"."""
        epoch, within = divmod(part - 1, self.parts)
        name = f"epoch {epoch + 1}{of}{self.epochs}"
        return name if self.parts == 1 else f"{name}, part {within + 1}{of}{self.parts}"


@dataclass(frozen=True)
class TrainingSetup:
    """A compiled network with its data.

    Attributes
    ----------
    model : keras.Model
        The built and compiled model to fit. For the house network it wraps `network`.
    network : keras.Model
        The network itself, whose weights are exported.
    batches : callable
        Returns training batches without end, from the epoch of this number (from 0) on.
    validation : tuple
        Inputs and targets of the validation pieces.
    validation_batch : int
        Rows of a validation batch.
    plan : Plan
        The length of the run.
    callbacks : list
        Keras callbacks that run before a checkpoint is written.
    spent : keras.Variable or None
        The share of the hours that is used up, which the learning rate follows; None where
        the rate is constant.
    """

    model: Any
    network: Any
    batches: Callable[[int], Any]
    validation: tuple[Any, Any]
    validation_batch: int
    plan: Plan
    callbacks: list[Any] = field(default_factory=list)
    spent: Any = None
