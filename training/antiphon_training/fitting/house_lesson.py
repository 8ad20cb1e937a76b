"""The house network: stretches of music, with the state carried from batch to batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon_training.fitting.lesson import Lesson, Plan
from antiphon_training.fitting.schedule import WarmHoldDecay
from antiphon_training.networks.streaming import StreamingNetwork
from antiphon_training.sequences.stretches import Batch, Stretches, validation_windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon_training.recipe import Recipe

VALIDATION_LENGTH = 512


def house_lesson(
    network: Any,
    recipe: Recipe,
    codec: Codec,
    learned: Sequence[NoteArray],
    watched: Sequence[NoteArray],
    hours: float | None,
) -> Lesson:
    """Return the house network of a recipe, ready to be fitted."""
    fit: Any = recipe.fit
    model = StreamingNetwork(network, fit.batch)
    model.build()
    schedule = WarmHoldDecay(
        fit.learning_rate, fit.warmup_steps, fit.epochs * fit.steps_an_epoch, fit.decay_share
    )
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=fit.weight_decay, global_clipnorm=fit.gradient_norm
    )
    model.compile(
        optimizer,
        loss={
            name: keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            for name in codec.fields
        },
    )
    optimizer.build(model.trainable_variables)
    stretches = Stretches(
        learned,
        codec,
        fit.batch,
        fit.steps,
        fit.batches_a_round,
        recipe.augmentation.values(),
        fit.seed,
    )
    length = min(VALIDATION_LENGTH, max(len(piece) for piece in watched))
    return Lesson(
        model,
        network,
        lambda epochs_done: _batches(stretches, codec, fit, epochs_done),
        validation_windows(watched, codec, length),
        fit.batch,
        Plan(fit.epochs, fit.steps_an_epoch, fit.batch * fit.steps, fit.patience, hours),
    )


def _batches(stretches: Stretches, codec: Codec, fit: Any, epochs_done: int) -> tf.data.Dataset:
    def endless() -> Iterator[Batch]:
        index = epochs_done * fit.rounds_an_epoch
        while True:
            yield from stretches.round(index)
            index += 1

    notes = tf.TensorSpec((fit.batch, fit.steps, len(codec.fields)), tf.int32)
    classes = tf.TensorSpec((fit.batch, fit.steps), tf.int32)
    reset = tf.TensorSpec((fit.batch,), tf.float32)
    signature = (
        {"previous": notes, "target": notes, "reset": reset},
        {name: classes for name in codec.fields},
    )
    return tf.data.Dataset.from_generator(endless, output_signature=signature).prefetch(4)
