"""Fit a network to corpora, by a recipe, into a folder that can be resumed."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon.errors import CorpusError, TrainingError
from antiphon.music.performance import PerformanceCodec
from antiphon_training.corpora.split import split_corpora
from antiphon_training.fitting import checkpoint, run_folder
from antiphon_training.fitting.callbacks import Checkpoints, LossLog, Telling
from antiphon_training.fitting.schedule import WarmHoldDecay
from antiphon_training.networks.streaming import StreamingNetwork
from antiphon_training.recipe import Recipe, read_recipe
from antiphon_training.sequences.stretches import Batch, Stretches, validation_windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.fitting.progress import Listener

VALIDATION_LENGTH = 512


def train(
    recipe_path: Path, corpora: Sequence[Corpus], run: Path, listener: Listener | None = None
) -> dict[str, Any]:
    """Train, or go on with, the run in the folder `run`.

    Parameters
    ----------
    recipe_path : Path
        The recipe; it is copied into the run.
    corpora : sequence of Corpus
        Read with the recipe's tracks and pedal; their order is part of the run.
    run : Path
        The folder that is written.
    listener : Listener, optional
        Told how it goes.

    Returns
    -------
    dict
        What was done in all, as in `training.json`.

    Raises
    ------
    TrainingError
        The folder holds a run of another recipe or other corpora, or cannot be written.
    CorpusError
        The corpora leave nothing to train on or to watch.
    """
    recipe = read_recipe(recipe_path)
    fit, codec = recipe.fit, PerformanceCodec(recipe.codec.pedal)
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    learned = _pieces(corpora, [split.train for split in splits])
    watched = _watched(_pieces(corpora, [split.valid for split in splits]), codec)
    if not learned or not watched:
        raise CorpusError(
            "The corpora are too small: after the split nothing is left to train on, or nothing "
            "to watch; add files or raise valid_share."
        )
    run_folder.make(run)
    run_folder.prepare(run, recipe_path, recipe, corpora, splits)
    keras.utils.set_random_seed(fit.seed)
    with in_precision(fit.precision):
        model = make_model(recipe, codec)
        keeper = Checkpoints(run, fit)
        keeper.resume(model)
        if listener:
            listener.epochs_done(keeper.done["epochs"])
        try:
            if keeper.ended:
                run_folder.write_json(run / run_folder.TRAINING, keeper.done)
            else:
                _fit(model, learned, watched, recipe, keeper, run, listener)
        except OSError as error:
            raise run_folder.unwritable(run, error) from error
        except tf.errors.ResourceExhaustedError as error:
            raise TrainingError(
                "There is not enough memory for this recipe; lower batch or units, "
                "or leave it more of the machine."
            ) from error
    return keeper.done


def _fit(
    model: StreamingNetwork,
    learned: list[NoteArray],
    watched: Any,
    recipe: Recipe,
    keeper: Checkpoints,
    run: Path,
    listener: Listener | None,
) -> None:
    """Fit what is left of a run."""
    fit, epochs_done = recipe.fit, keeper.done["epochs"]
    run_folder.trim_log(run, epochs_done)
    model.fit(
        _batches(learned, PerformanceCodec(recipe.codec.pedal), recipe, epochs_done),
        epochs=fit.epochs,
        initial_epoch=epochs_done,
        steps_per_epoch=fit.steps_an_epoch,
        validation_data=watched,
        validation_batch_size=fit.batch,
        callbacks=[
            # A line that was logged before a kill is trimmed, one that was not is lost:
            # so the log is first. What TensorBoard makes of a full disk must come last.
            LossLog(run),
            keeper,
            *([Telling(listener)] if listener else []),
            keras.callbacks.TensorBoard(run / run_folder.TENSORBOARD, write_graph=False),
        ],
        shuffle=False,
        verbose=0,
    )


def _watched(pieces: Sequence[NoteArray], codec: PerformanceCodec) -> Any:
    """Return inputs and targets to watch; None where there is nothing."""
    if not pieces:
        return None
    length = min(VALIDATION_LENGTH, max(len(piece) for piece in pieces))
    return validation_windows(pieces, codec, length)


def _pieces(corpora: Sequence[Corpus], chosen: Sequence[Sequence[int]]) -> list[NoteArray]:
    return [
        corpus.piece(index)
        for corpus, indices in zip(corpora, chosen, strict=True)
        for index in indices
    ]


def make_model(recipe: Recipe, codec: PerformanceCodec) -> StreamingNetwork:
    """Return the network of a recipe, ready to be fitted."""
    fit = recipe.fit
    network = checkpoint.build_network(recipe, codec)
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
    return model


def _batches(
    pieces: list[NoteArray], codec: PerformanceCodec, recipe: Recipe, epochs_done: int
) -> tf.data.Dataset:
    fit = recipe.fit
    stretches = Stretches(
        pieces,
        codec,
        fit.batch,
        fit.steps,
        fit.batches_a_round,
        recipe.augmentation.values(),
        fit.seed,
    )

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


@contextmanager
def in_precision(precision: str) -> Iterator[None]:
    """Let layers be made, and computed, in a precision while the block runs."""
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(_policy(precision))
    try:
        yield
    finally:
        keras.mixed_precision.set_global_policy(before)


def _policy(precision: str) -> str:
    """Return Keras' name of a precision; bfloat16 pays only where the hardware multiplies it."""
    if precision == "auto":
        precision = "bfloat16" if _multiplies_bfloat16() else "float32"
    return "mixed_bfloat16" if precision == "bfloat16" else "float32"


def _multiplies_bfloat16() -> bool:
    if tf.config.list_physical_devices("GPU"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
