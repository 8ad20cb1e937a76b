"""What is fitted, to what, and for how long: the form that all kinds of networks share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a run is.

    An epoch is what lies between two checkpoints; where a pass over a corpus
    takes hours it is a part of one.

    Attributes
    ----------
    epochs : int
        How many there are at most.
    steps_an_epoch : int
        Training batches in each.
    notes_a_step : int
        Notes, or words, foretold in each batch.
    patience : int
        Epochs without a better validation loss before the run ends.
    hours : float or None
        Hours of training after which it ends, those of before a resumption counted.
    """

    epochs: int
    steps_an_epoch: int
    notes_a_step: int
    patience: int
    hours: float | None = None

    @property
    def notes_an_epoch(self) -> int:
        """Notes, or words, foretold in an epoch."""
        return self.steps_an_epoch * self.notes_a_step


@dataclass(frozen=True)
class Lesson:
    """A network about to be fitted.

    Attributes
    ----------
    model : keras.Model
        What is fitted: built and compiled. Its `network` is what will play.
    network : keras.Model
        The network itself.
    batches : callable
        Returns training batches without end, from after so many epochs on.
    watched : object
        Inputs and targets of the watched pieces.
    watched_batch : int
        How many of them at once.
    plan : Plan
        How long.
    callbacks : list
        Keras callbacks to run before what was learned is kept.
    """

    model: Any
    network: Any
    batches: Callable[[int], Any]
    watched: Any
    watched_batch: int
    plan: Plan
    callbacks: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is asked for besides the recipe.

    Attributes
    ----------
    quick : bool
        Take what the recipe's `[quick.…]` sections say: a first look.
    hours : float or None
        End after so many hours of training.
    origin : Origin or None
        An instrument that is to go on learning, in place of a new network.
    """

    quick: bool = False
    hours: float | None = None
    origin: Any = None  # its module needs Keras, and this one is read before Keras may be
