"""The classic networks: windows of rows, each with the row that follows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from antiphon.errors import CorpusError
from antiphon_training.fitting.lesson import Lesson, Plan
from antiphon_training.networks.triplet import TripletNetwork, squares_with_positive_pressure
from antiphon_training.sequences.windows import Batch, Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon_training.recipe import Recipe

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamax": keras.optimizers.Adamax,
    "rmsprop": keras.optimizers.RMSprop,
}

Targets = dict[str, Any]


def window_lesson(
    network: Any,
    recipe: Recipe,
    codec: Codec,
    learned: Sequence[NoteArray],
    watched: Sequence[NoteArray],
    hours: float | None,
) -> Lesson:
    """Return a classic network of a recipe, ready to be fitted.

    Raises
    ------
    CorpusError
        The pieces are too few or too short.
    """
    fit: Any = recipe.fit
    shown = Windows(_encoded(learned, codec), network.length)
    kept = Windows(_encoded(watched, codec), network.length)
    if len(shown) < fit.batch or not len(kept):
        raise CorpusError(
            f"The corpora are too small: {len(shown)} rows to learn from and {len(kept)} to "
            f"watch, for batches of {fit.batch}; add files, or lower batch or codec.seen."
        )
    if isinstance(network, TripletNetwork):
        _compile_triplet(network, recipe)
        targets: Callable[[NDArray[np.int32]], Targets] = _triplet_targets(network)
        callbacks: list[Any] = [Spread(network)]
    else:
        _compile_words(network, fit)
        targets, callbacks = _word_targets(codec.sizes[0]), []
    a_pass = min(len(shown), fit.windows or len(shown))
    parts = math.ceil(a_pass / fit.part)
    steps = math.ceil(a_pass / (parts * fit.batch))
    windows, follow = kept.evenly(fit.watched)
    return Lesson(
        network,
        network,
        lambda epochs_done: _batches(shown, targets, fit, steps, epochs_done),
        (windows, targets(follow)),
        256,
        Plan(fit.epochs * parts, steps, fit.batch, fit.patience, hours),
        callbacks,
    )


def _encoded(pieces: Sequence[NoteArray], codec: Codec) -> list[NDArray[np.int32]]:
    rows = [codec.encode(piece) for piece in pieces]
    return [piece for piece in rows if len(piece)]


def _compile_words(network: Any, fit: Any) -> None:
    optimizer = OPTIMIZERS[fit.optimizer](fit.learning_rate)
    network.compile(
        optimizer,
        loss={"symbol": keras.losses.CategoricalCrossentropy()},
        metrics={"symbol": ["accuracy"]},
    )
    optimizer.build(network.trainable_variables)


def _compile_triplet(network: TripletNetwork, recipe: Recipe) -> None:
    fit: Any = recipe.fit
    sizes: Any = recipe.network
    optimizer = OPTIMIZERS[fit.optimizer](fit.learning_rate)
    network.compile(
        optimizer,
        loss={
            "pitch": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "step": squares_with_positive_pressure,
            "duration": squares_with_positive_pressure,
        },
        loss_weights={
            "pitch": sizes.pitch_weight,
            "step": sizes.step_weight,
            "duration": sizes.duration_weight,
        },
        metrics={"pitch": ["accuracy"], "step": ["mse"], "duration": ["mse"]},
    )
    optimizer.build(network.trainable_variables)


def _word_targets(words: int) -> Callable[[NDArray[np.int32]], Targets]:
    """Return what makes one-hot vectors of the words that follow."""

    def targets(rows: NDArray[np.int32]) -> Targets:
        one_hot = np.zeros((len(rows), words), dtype=np.float32)
        one_hot[np.arange(len(rows)), rows[:, 0]] = 1.0
        return {"symbol": one_hot}

    return targets


def _triplet_targets(network: TripletNetwork) -> Callable[[NDArray[np.int32]], Targets]:
    """Return what makes a class and two times, in seconds, of the notes that follow."""
    centres = np.array(network.centres, dtype=np.float32)

    def targets(rows: NDArray[np.int32]) -> Targets:
        step, duration = centres[rows[:, 1:2]], centres[rows[:, 2:3]]
        return {"pitch": rows[:, 0], "step": step, "duration": duration}

    return targets


def _batches(
    shown: Windows,
    targets: Callable[[NDArray[np.int32]], Targets],
    fit: Any,
    steps: int,
    epochs_done: int,
) -> tf.data.Dataset:
    """Return the batches of all parts after so many, without end."""

    def endless() -> Iterator[tuple[NDArray[np.int32], Targets]]:
        index = epochs_done
        while True:
            batch: Batch
            for batch in shown.part(index, steps, fit.batch, fit.seed):
                yield batch[0], targets(batch[1])
            index += 1

    windows, after = shown.at(np.zeros(fit.batch, dtype=np.int64))
    signature = (
        tf.TensorSpec(windows.shape, tf.int32),
        {name: tf.TensorSpec(v.shape, v.dtype) for name, v in targets(after).items()},
    )
    return tf.data.Dataset.from_generator(endless, output_signature=signature).prefetch(4)


class Spread(keras.callbacks.Callback):
    """Sets how widely times scatter around what is foretold, as the watched pieces show."""

    def __init__(self, network: TripletNetwork) -> None:
        super().__init__()
        self._network = network

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Take the root of the mean square errors."""
        del epoch
        errors = [(logs or {})[f"val_{name}_mse"] for name in ("step", "duration")]
        self._network.spread.assign(np.sqrt(np.maximum(errors, 0.0)).astype(np.float32))
