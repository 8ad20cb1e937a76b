"""Training of the house network: stretches of music, the state carried from batch to batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon_training.kinds.schedule import WarmHoldDecay
from antiphon_training.kinds.setup import Pieces, Plan, TrainingSetup
from antiphon_training.networks.streaming import StreamingNetwork
from antiphon_training.sequences.stretches import (
    UNTAUGHT,
    Batch,
    Stretches,
    validation_windows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.kind import Sections

VALIDATION_LENGTH = 512
"""Notes of a validation window, at most."""


def set_up_house(
    network: Any, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    """Return the house network of a recipe, compiled, with its data."""
    fit = recipe.fit
    model = StreamingNetwork(network, fit.batch)
    model.build()
    schedule = WarmHoldDecay(
        fit.learning_rate, fit.warmup_steps, fit.epochs * fit.steps_an_epoch, fit.decay_share
    )
    optimizer = keras.optimizers.AdamW(
        schedule,
        weight_decay=fit.weight_decay,
        global_clipnorm=fit.gradient_norm,
        use_ema=fit.average > 0.0,
        ema_momentum=fit.average,
    )
    model.compile(
        optimizer,
        loss={
            name: keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, ignore_class=UNTAUGHT
            )
            for name in codec.fields
        },
    )
    optimizer.build(model.trainable_variables)
    stretches = Stretches(
        pieces.train,
        codec,
        fit.batch,
        fit.steps,
        fit.batches_a_round,
        recipe.augmentation.values(),
        fit.seed,
        pieces.lessons,
    )
    length = min(VALIDATION_LENGTH, max(len(piece) for piece in pieces.validation))
    return TrainingSetup(
        model,
        network,
        lambda epochs_done: _batches(stretches, codec, fit, epochs_done),
        validation_windows(pieces.validation, codec, length),
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
