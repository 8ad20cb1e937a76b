"""Training of the networks of windows: windows of rows, each with the row that follows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from antiphon.errors import CorpusError
from antiphon_training.kinds.schedule import WarmHoldDecay
from antiphon_training.kinds.setup import Pieces, Plan, TrainingSetup
from antiphon_training.networks.triplet import TripletNetwork, squares_with_positive_pressure
from antiphon_training.sequences.windows import Batch, Windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon_training.kinds.kind import Sections
    from antiphon_training.kinds.window_fit import WindowFitSection

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamax": keras.optimizers.Adamax,
    "rmsprop": keras.optimizers.RMSprop,
}
VALIDATION_BATCH = 256

Targets = dict[str, Any]
ToTargets = Callable[[NDArray[np.int32]], Targets]


def set_up_words(
    network: Any, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    """Return a classic network of words, compiled, with its data.

    Raises
    ------
    CorpusError
        The pieces are too few or too short.
    """
    how = {
        "loss": {"symbol": keras.losses.CategoricalCrossentropy()},
        "metrics": {"symbol": ["accuracy"]},
    }
    return _set_up(network, recipe.fit, codec, pieces, hours, how)


def set_up_triplets(
    network: TripletNetwork, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    """Return a network of triplets, compiled, with its data.

    Raises
    ------
    CorpusError
        The pieces are too few or too short.
    """
    how = {
        "loss": {
            "pitch": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "step": squares_with_positive_pressure,
            "duration": squares_with_positive_pressure,
        },
        "loss_weights": {
            "pitch": recipe.network.pitch_weight,
            "step": recipe.network.step_weight,
            "duration": recipe.network.duration_weight,
        },
        "metrics": {"pitch": ["accuracy"], "step": ["mse"], "duration": ["mse"]},
    }
    return _set_up(network, recipe.fit, codec, pieces, hours, how, [Spread(network)])


def _compile(network: Any, fit: WindowFitSection, plan: Plan, how: dict[str, Any]) -> Any:
    """Compile a network; return the variable of the hours that are used up, if any.

    A rate that falls is a schedule, which reads that variable; a constant one is none, so
    that the optimizer has the same variables as before there were schedules.
    """
    rate: Any = fit.learning_rate
    if fit.decay_share:
        rate = WarmHoldDecay(rate, 1, plan.all_parts * plan.steps_a_part, fit.decay_share)
    optimizer = OPTIMIZERS[fit.optimizer](rate)
    network.compile(optimizer, **how)
    optimizer.build(network.trainable_variables)
    return rate.follow_hours(optimizer) if fit.decay_share else None


def _set_up(
    network: Any,
    fit: WindowFitSection,
    codec: Codec,
    pieces: Pieces,
    hours: float | None,
    how: dict[str, Any],
    callbacks: Sequence[Any] = (),
) -> TrainingSetup:
    """Return a network, compiled as `how` says, with its data."""
    targets = targets_of(network)
    train = Windows(_encoded(pieces.train, codec), network.length)
    validation = Windows(_encoded(pieces.validation, codec), network.length)
    if len(train) < fit.batch or not len(validation):
        raise CorpusError(
            f"The corpora are too small: {len(train)} rows to train on and {len(validation)} for "
            f"validation, for batches of {fit.batch}; add files, or lower batch or codec.seen."
        )
    a_pass = fit.windows or len(train)  # a small corpus is passed over several times
    parts = math.ceil(a_pass / fit.part)
    steps = math.ceil(a_pass / (parts * fit.batch))
    windows, following = validation.evenly(fit.validation_windows)
    plan = Plan(fit.epochs, steps, fit.batch, fit.patience, hours, parts)
    spent = _compile(network, fit, plan, how)
    return TrainingSetup(
        network,
        network,
        lambda epochs_done: _batches(train, targets, fit, steps, epochs_done),
        (windows, targets(following)),
        VALIDATION_BATCH,
        plan,
        list(callbacks),
        spent,
    )


def _encoded(pieces: Sequence[NoteArray], codec: Codec) -> list[NDArray[np.int32]]:
    rows = [codec.encode(piece) for piece in pieces]
    return [piece for piece in rows if len(piece)]


def targets_of(network: Any) -> ToTargets:
    """Return the function that turns the rows that follow into the targets of a network.

    The rows are int32 (rows, fields). The targets have the names of the network's outputs:
    see `antiphon_training.create_sequences`.
    """
    if isinstance(network, TripletNetwork):
        return _triplet_targets(network)
    return _word_targets(network.sizes[0])


def _word_targets(words: int) -> ToTargets:
    """Return the function that turns the words that follow into one-hot vectors."""

    def targets(rows: NDArray[np.int32]) -> Targets:
        one_hot = np.zeros((len(rows), words), dtype=np.float32)
        one_hot[np.arange(len(rows)), rows[:, 0]] = 1.0
        return {"symbol": one_hot}

    return targets


def _triplet_targets(network: TripletNetwork) -> ToTargets:
    """Return the function that turns the notes that follow into a class and two times (s)."""
    centres = np.array(network.centres, dtype=np.float32)

    def targets(rows: NDArray[np.int32]) -> Targets:
        step, duration = centres[rows[:, 1:2]], centres[rows[:, 2:3]]
        return {"pitch": rows[:, 0], "step": step, "duration": duration}

    return targets


def _batches(
    train: Windows, targets: ToTargets, fit: WindowFitSection, steps: int, epochs_done: int
) -> tf.data.Dataset:
    """Return the batches of all parts from this number on, without end."""

    def endless() -> Iterator[tuple[NDArray[np.int32], Targets]]:
        index = epochs_done
        while True:
            batch: Batch
            for batch in train.part(index, steps, fit.batch, fit.seed):
                yield batch[0], targets(batch[1])
            index += 1

    windows, following = train.at(np.zeros(fit.batch, dtype=np.int64))
    signature = (
        tf.TensorSpec(windows.shape, tf.int32),
        {name: tf.TensorSpec(v.shape, v.dtype) for name, v in targets(following).items()},
    )
    return tf.data.Dataset.from_generator(endless, output_signature=signature).prefetch(4)


class Spread(keras.callbacks.Callback):
    """Set the standard deviation of predicted times from their validation errors."""

    def __init__(self, network: TripletNetwork) -> None:
        super().__init__()
        self._network = network

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Take the root of the mean square errors."""
        del epoch
        errors = [(logs or {})[f"val_{name}_mse"] for name in ("step", "duration")]
        self._network.spread.assign(np.sqrt(np.maximum(errors, 0.0)).astype(np.float32))
