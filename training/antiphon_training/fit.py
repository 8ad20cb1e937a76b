"""Fit a network to corpora, by a recipe, into a folder that can be resumed."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from antiphon.errors import CorpusError, TrainingError
from antiphon.music.note import NoteArray
from antiphon.music.performance import PerformanceCodec
from antiphon_training import checkpoint
from antiphon_training.callbacks import Checkpoints
from antiphon_training.corpus import Corpus, Split, split_corpora
from antiphon_training.licences import corpus_licence
from antiphon_training.recipe import FitRecipe, Recipe, read_recipe
from antiphon_training.sequences import Batch, Stretches, validation_windows
from antiphon_training.streaming import StreamingNetwork

VALIDATION_LENGTH = 512


@keras.saving.register_keras_serializable(package="antiphon")
class WarmHoldDecay(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A rate that rises, holds, and falls to 0 in a straight line (Hu et al., MiniCPM, 2024)."""

    def __init__(self, peak: float, warmup: int, total: int, decay_share: float) -> None:
        self.peak, self.warmup, self.total, self.decay_share = peak, warmup, total, decay_share

    def __call__(self, step: Any) -> Any:
        """Return the rate at a step."""
        step = tf.cast(step, tf.float32)
        rising = (step + 1.0) / self.warmup
        falling = (self.total - step) / max(self.total * self.decay_share, 1.0)
        return self.peak * tf.clip_by_value(tf.minimum(rising, falling), 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs."""
        return {
            "peak": self.peak,
            "warmup": self.warmup,
            "total": self.total,
            "decay_share": self.decay_share,
        }


def train(recipe_path: Path, corpora: Sequence[Corpus], run: Path, verbose: int = 2) -> None:
    """Train, or go on with, the run in the folder `run`.

    Raises
    ------
    TrainingError
        The folder holds a run of another recipe or other corpora, or cannot be written.
    CorpusError
        The corpora leave nothing to train on or to watch.
    """
    recipe = read_recipe(recipe_path)
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    _prepare(run, recipe_path, recipe, corpora, splits)
    codec = PerformanceCodec(recipe.codec.pedal)
    train_pieces = _pieces(corpora, [split.train for split in splits])
    watched = validation_windows(
        _pieces(corpora, [split.valid for split in splits]), codec, VALIDATION_LENGTH
    )
    if not train_pieces or not len(watched[0]["previous"]):
        raise CorpusError(
            "The corpora are too small: after the split nothing is left to train on, or no "
            f"piece of {VALIDATION_LENGTH} notes to watch; add files or raise valid_share."
        )
    fit = recipe.fit
    keras.utils.set_random_seed(fit.seed)
    keras.mixed_precision.set_global_policy(_policy(fit.precision))
    model = _compile(recipe, codec)
    keeper = Checkpoints(run, fit.patience, fit.notes_an_epoch)
    epochs_done = keeper.resume(model)
    if keeper.done["finished"] and epochs_done >= min(fit.epochs, epochs_done):
        return
    _trim_log(run / checkpoint.LOG, epochs_done)
    model.fit(
        _batches(train_pieces, codec, recipe, epochs_done),
        epochs=fit.epochs,
        initial_epoch=epochs_done,
        steps_per_epoch=fit.steps_an_epoch,
        validation_data=watched,
        validation_batch_size=fit.batch,
        callbacks=[
            keras.callbacks.CSVLogger(run / checkpoint.LOG, append=True),
            keras.callbacks.TensorBoard(run / "tensorboard", write_graph=False),
            keeper,
        ],
        shuffle=False,
        verbose=verbose,
    )


def _pieces(corpora: Sequence[Corpus], chosen: Sequence[Sequence[int]]) -> list[NoteArray]:
    return [
        corpus.piece(index)
        for corpus, indices in zip(corpora, chosen, strict=True)
        for index in indices
    ]


def _compile(recipe: Recipe, codec: PerformanceCodec) -> StreamingNetwork:
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


def _prepare(
    run: Path, recipe_path: Path, recipe: Recipe, corpora: Sequence[Corpus], splits: Sequence[Split]
) -> None:
    """Write what a run is of, or check that a resumed run is of the same."""
    described = [
        _describe(corpus, split, recipe.corpus.tracks.get(corpus.name))
        for corpus, split in zip(corpora, splits, strict=True)
    ]
    try:
        run.mkdir(parents=True, exist_ok=True)
        if (run / checkpoint.RESUME).is_file():
            before = checkpoint.read_json(run / checkpoint.CORPUS)
            if read_recipe(run / checkpoint.RECIPE) != recipe or _same(before) != _same(described):
                raise TrainingError(
                    f"{run} holds a run with another recipe or other corpora; "
                    "give the same ones to go on with it, or another --out folder."
                )
            return
        if recipe_path.resolve() != (run / checkpoint.RECIPE).resolve():
            shutil.copyfile(recipe_path, run / checkpoint.RECIPE)
        checkpoint.write_json(run / checkpoint.CORPUS, described)
    except OSError as error:
        raise TrainingError(f"{run} cannot be written: {error.strerror}.") from error


def _same(described: list[dict[str, Any]]) -> str:
    """Return what must not change between a run and its resumption; folders may move."""
    return json.dumps([{k: v for k, v in d.items() if k != "folder"} for d in described])


def _describe(corpus: Corpus, split: Split, tracks: list[str] | None) -> dict[str, Any]:
    trained = [len(corpus.piece(i)) for i in split.train]
    return {
        "name": corpus.name,
        "folder": str(corpus.folder.resolve()),
        **corpus_licence(corpus.folder),
        "tracks": tracks,
        "files": len(trained),
        "notes": int(sum(trained)),
        "valid": [corpus.files[i] for i in split.valid],
        "heldout": [corpus.files[i] for i in split.heldout],
    }


def _trim_log(path: Path, epochs_done: int) -> None:
    """Drop lines of epochs that were logged but not kept, so that a resumed log reads on."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    kept = [row for row in rows if row and (not row[0].isdigit() or int(row[0]) < epochs_done)]
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(kept if epochs_done else [])
