"""Fit a network to corpora, by a recipe, into a folder that can be resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from antiphon.errors import CorpusError, TrainingError
from antiphon_training.corpora.split import split_corpora
from antiphon_training.fitting import checkpoint, run_folder
from antiphon_training.fitting.callbacks import Checkpoints, LossLog, Telling
from antiphon_training.fitting.house_lesson import house_lesson
from antiphon_training.fitting.lesson import Wishes
from antiphon_training.fitting.precision import in_precision
from antiphon_training.fitting.vocabulary import learn_codec
from antiphon_training.fitting.window_lesson import window_lesson
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.fitting.lesson import Lesson
    from antiphon_training.fitting.progress import Listener


def train(
    recipe_path: Path,
    corpora: Sequence[Corpus],
    run: Path,
    listener: Listener | None = None,
    wishes: Wishes | None = None,
) -> dict[str, Any]:
    """Train, or go on with, the run in the folder `run`.

    Parameters
    ----------
    recipe_path : Path
        The recipe; it is copied into the run.
    corpora : sequence of Corpus
        Read as the recipe says (`recipe.codec`, `recipe.corpus`); their order is
        part of the run.
    run : Path
        The folder that is written.
    listener : Listener, optional
        Told how it goes.
    wishes : Wishes, optional
        What else is asked for.

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
    wishes = wishes or Wishes()
    recipe = read_recipe(recipe_path, wishes.quick)
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    learned = _pieces(corpora, [split.train for split in splits])
    watched = _pieces(corpora, [split.valid for split in splits])
    if not learned or not watched:
        raise CorpusError(
            "The corpora are too small: after the split nothing is left to train on, or nothing "
            "to watch; add files or raise valid_share."
        )
    codec = learn_codec(recipe, learned)
    run_folder.make(run)
    run_folder.prepare(run, recipe_path, recipe, corpora, splits, quick=wishes.quick)
    run_folder.keep_codec(run, codec)
    keras.utils.set_random_seed(recipe.fit.seed)
    with in_precision(recipe.fit.precision):
        network = checkpoint.build_network(recipe, codec)
        make = house_lesson if recipe.network.kind == "house" else window_lesson
        lesson = make(network, recipe, codec, learned, watched, wishes.hours)
        return _fit_safely(lesson, run, listener)


def _fit_safely(lesson: Lesson, run: Path, listener: Listener | None) -> dict[str, Any]:
    """Fit what is left of a run; what can go wrong becomes a sentence."""
    keeper = Checkpoints(run, lesson.plan, lesson.network)
    keeper.resume(lesson.model)
    if listener:
        listener.begins(lesson.plan, keeper.done["epochs"])
    try:
        if keeper.ended:
            run_folder.write_json(run / run_folder.TRAINING, keeper.done)
        else:
            _fit(lesson, keeper, run, listener)
    except OSError as error:
        raise run_folder.unwritable(run, error) from error
    except tf.errors.ResourceExhaustedError as error:
        raise TrainingError(
            "There is not enough memory for this recipe; lower batch or units, "
            "or leave it more of the machine."
        ) from error
    return keeper.done


def _fit(lesson: Lesson, keeper: Checkpoints, run: Path, listener: Listener | None) -> None:
    epochs_done = keeper.done["epochs"]
    run_folder.trim_log(run, epochs_done)
    lesson.model.fit(
        lesson.batches(epochs_done),
        epochs=lesson.plan.epochs,
        initial_epoch=epochs_done,
        steps_per_epoch=lesson.plan.steps_an_epoch,
        validation_data=lesson.watched,
        validation_batch_size=lesson.watched_batch,
        callbacks=[
            *lesson.callbacks,
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


def _pieces(corpora: Sequence[Corpus], chosen: Sequence[Sequence[int]]) -> list[NoteArray]:
    return [
        corpus.piece(index)
        for corpus, indices in zip(corpora, chosen, strict=True)
        for index in indices
    ]
