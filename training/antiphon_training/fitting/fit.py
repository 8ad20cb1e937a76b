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
from antiphon_training.fitting.origin import LEARNED_SHARE
from antiphon_training.fitting.precision import in_precision
from antiphon_training.fitting.vocabulary import learn_codec
from antiphon_training.fitting.window_lesson import window_lesson
from antiphon_training.recipe import read_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.split import Split
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
    learned, watched = _sides(corpora, splits, wishes)
    if not learned or not watched:
        raise CorpusError(
            "The corpora are too small: after the split nothing is left to train on, or nothing "
            "to watch; add files or raise valid_share."
        )
    origin = wishes.origin
    codec = origin.codec if origin else learn_codec(recipe, learned)
    run_folder.make(run)
    run_folder.prepare(run, recipe_path, recipe, corpora, splits, quick=wishes.quick)
    run_folder.keep_codec(run, codec)
    if origin:
        run_folder.keep_origin(run, origin.told())
    keras.utils.set_random_seed(recipe.fit.seed)
    with in_precision(recipe.fit.precision):
        network = checkpoint.build_network(recipe, codec)
        if origin:
            origin.give(network)
        make = house_lesson if recipe.network.kind == "house" else window_lesson
        lesson = make(network, recipe, codec, learned, watched, wishes.hours)
        return _fit_safely(lesson, run, listener, goes_on=origin is not None)


def _fit_safely(
    lesson: Lesson, run: Path, listener: Listener | None, *, goes_on: bool
) -> dict[str, Any]:
    """Fit what is left of a run; what can go wrong becomes a sentence."""
    keeper = Checkpoints(run, lesson.plan, lesson.network)
    keeper.resume(lesson.model)
    if listener:
        listener.begins(lesson.plan, keeper.done["epochs"])
    try:
        if goes_on and not keeper.done["epochs"]:
            keeper.begin_with(_watched_loss(lesson))
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


def _watched_loss(lesson: Lesson) -> float:
    """Return the loss on what is watched, before anything is learned."""
    windows, targets = lesson.watched
    found = lesson.model.evaluate(
        windows, targets, batch_size=lesson.watched_batch, verbose=0, return_dict=True
    )
    return float(found["loss"])


def _sides(
    corpora: Sequence[Corpus], splits: Sequence[Split], wishes: Wishes
) -> tuple[list[NoteArray], list[NoteArray]]:
    """Return the pieces to learn from, and those to watch."""
    learned = _pieces(corpora, [split.train for split in splits])
    watched = _pieces(corpora, [split.valid for split in splits])
    if wishes.origin is None:
        return learned, watched
    # Sessions are few, so each gives its beginning to learn from and its end to watch.
    pieces = [*learned, *watched]
    cuts = [int(len(piece) * LEARNED_SHARE) for piece in pieces]
    return (
        [piece[:cut] for piece, cut in zip(pieces, cuts, strict=True) if cut],
        [piece[cut:] for piece, cut in zip(pieces, cuts, strict=True) if cut < len(piece)],
    )


def _pieces(corpora: Sequence[Corpus], chosen: Sequence[Sequence[int]]) -> list[NoteArray]:
    return [
        corpus.piece(index)
        for corpus, indices in zip(corpora, chosen, strict=True)
        for index in indices
    ]
