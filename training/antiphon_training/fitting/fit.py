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
from antiphon_training.fitting.interruption import Interruption
from antiphon_training.fitting.lesson import Wishes
from antiphon_training.fitting.origin import LEARNED_SHARE
from antiphon_training.fitting.precision import in_precision
from antiphon_training.fitting.vocabulary import learn_codec
from antiphon_training.fitting.window_lesson import window_lesson
from antiphon_training.recipe import read_recipe
from antiphon_training.scale.ensemble import Ensemble
from antiphon_training.scale.watched import watched_batches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.corpora.piece import Split
    from antiphon_training.fitting.callbacks import Listener
    from antiphon_training.fitting.lesson import Lesson


def train(
    recipe_path: Path,
    corpora: Sequence[Corpus],
    run: Path,
    listener: Listener | None = None,
    wishes: Wishes | None = None,
    ensemble: Ensemble | None = None,
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
    ensemble : Ensemble, optional
        The processes that train together; this one alone when not given.

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
    wishes, ensemble = wishes or Wishes(), ensemble or Ensemble()
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
    ensemble.check_batch(recipe.fit.batch)
    ensemble.agree("the recipe", repr(recipe.essence()).encode())
    ensemble.agree("the music", b"".join(piece.tobytes() for piece in (*learned, *watched)))
    if ensemble.first:
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
        keeper = Checkpoints(run, lesson.plan, network, ensemble)
        with ensemble.together():
            return _fit_safely(lesson, keeper, run, listener, wishes, ensemble)


def _fit_safely(
    lesson: Lesson,
    keeper: Checkpoints,
    run: Path,
    listener: Listener | None,
    wishes: Wishes,
    ensemble: Ensemble,
) -> dict[str, Any]:
    """Fit what is left of a run; what can go wrong becomes a sentence."""
    keeper.resume(lesson.model)
    if listener:
        listener.begins(lesson.plan, keeper.done["epochs"])
    try:
        if wishes.origin and not keeper.done["epochs"]:
            keeper.begin_with(_watched_loss(lesson))
        if not keeper.ended:
            _fit(lesson, keeper, run, listener, ensemble)
        elif ensemble.first:
            run_folder.write_json(run / run_folder.TRAINING, keeper.done)
    except OSError as error:
        raise run_folder.unwritable(run, error) from error
    except tf.errors.ResourceExhaustedError as error:
        raise TrainingError(
            "There is not enough memory for this recipe; lower batch or units, "
            "or leave it more of the machine."
        ) from error
    return keeper.done


def _fit(
    lesson: Lesson,
    keeper: Checkpoints,
    run: Path,
    listener: Listener | None,
    ensemble: Ensemble,
) -> None:
    epochs_done = keeper.done["epochs"]
    callbacks = [*lesson.callbacks, keeper, *([Telling(listener)] if listener else [])]
    if ensemble.first:
        run_folder.trim_log(run, epochs_done)
        # A line that was logged before a kill is trimmed, one that was not is lost:
        # so the log comes before the checkpoint. What TensorBoard makes of a full disk
        # must come last.
        callbacks.insert(len(lesson.callbacks), LossLog(run))
        callbacks.append(
            keras.callbacks.TensorBoard(run / run_folder.TENSORBOARD, write_graph=False)
        )
    watched: dict[str, Any] = {
        "validation_data": lesson.watched,
        "validation_batch_size": lesson.watched_batch,
    }
    if ensemble.processes > 1:
        inputs, targets = lesson.watched
        batches, steps = watched_batches(inputs, targets, lesson.watched_batch)
        watched = {"validation_data": batches, "validation_steps": steps}
    with Interruption() as interruption:
        lesson.model.fit(
            lesson.batches(epochs_done),
            epochs=lesson.plan.epochs,
            initial_epoch=epochs_done,
            steps_per_epoch=lesson.plan.steps_an_epoch,
            callbacks=[*callbacks, interruption],
            shuffle=False,
            verbose=0,
            **watched,
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
