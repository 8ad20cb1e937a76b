"""Training of the networks of streams: stretches of music, the state carried between batches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon.errors import CorpusError
from antiphon_training.kinds.schedule import WarmHoldDecay
from antiphon_training.kinds.setup import Pieces, Plan, TrainingSetup
from antiphon_training.networks.streaming import StreamingNetwork
from antiphon_training.sequences.stretches import (
    UNTAUGHT,
    Augmentation,
    Batch,
    Stretches,
    validation_windows,
)
from antiphon_training.sequences.word_stretches import WordStretches, padded_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.kind import Sections
    from antiphon_training.kinds.stream_fit import StreamFitSection

VALIDATION_LENGTH = 512
"""Notes of a validation window, at most."""


def set_up_notes(
    network: Any, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    """Return the network of a recipe, compiled, with its data: rows are notes."""
    length = min(VALIDATION_LENGTH, max(len(piece) for piece in pieces.validation))
    validation = validation_windows(pieces.validation, codec, length)
    stretches = _stretches(Stretches, recipe, recipe.augmentation.values(), codec, pieces)
    return _set_up(network, recipe.fit, codec, stretches, validation, hours)


def set_up_words(
    network: Any, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    """Return the network of a recipe, compiled, with its data: rows are words.

    Raises
    ------
    CorpusError
        No word of the vocabulary is in the pieces.
    """
    validation = padded_windows(pieces.validation, codec, VALIDATION_LENGTH)
    known = [i for i, piece in enumerate(pieces.train) if len(codec.encode(piece))]
    if not known or not len(validation[0]["previous"]):
        raise CorpusError(
            "The corpora are too small: no word of the vocabulary is left to train on, or none "
            "for validation; add files, or lower codec.seen."
        )
    pieces = Pieces(
        [pieces.train[i] for i in known],
        pieces.validation,
        [pieces.lessons[i] for i in known] if pieces.lessons else (),
    )
    on_the_grid = replace(recipe.augmentation.values(), tempo=1.0, held_share=0.0)
    stretches = _stretches(WordStretches, recipe, on_the_grid, codec, pieces)
    return _set_up(network, recipe.fit, codec, stretches, validation, hours)


def _stretches(
    kind: type[Stretches], recipe: Sections, how: Augmentation, codec: Codec, pieces: Pieces
) -> Stretches:
    fit = recipe.fit
    return kind(
        pieces.train,
        codec,
        fit.batch,
        fit.steps,
        fit.batches_a_round,
        how,
        fit.seed,
        pieces.lessons,
    )


def _set_up(
    network: Any,
    fit: StreamFitSection,
    codec: Codec,
    stretches: Stretches,
    validation: Batch,
    hours: float | None,
) -> TrainingSetup:
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
    spent = schedule.follow_hours(optimizer)
    return TrainingSetup(
        model,
        network,
        lambda epochs_done: _batches(stretches, codec, fit, epochs_done),
        validation,
        fit.batch,
        Plan(fit.epochs, fit.steps_an_epoch, fit.batch * fit.steps, fit.patience, hours),
        spent=spent,
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
