"""Train a network on corpora, by a recipe, into a folder from which it can be resumed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from antiphon.errors import CorpusError, TrainingError
from antiphon_training.corpora.split import split_corpora
from antiphon_training.distributed.process_group import ProcessGroup
from antiphon_training.distributed.validation import validation_batches
from antiphon_training.fitting import run_folder
from antiphon_training.fitting.attention_start import start_attention
from antiphon_training.fitting.averaging import AveragedWeights
from antiphon_training.fitting.callbacks import Checkpoints, LossLog, ToListener
from antiphon_training.fitting.event_files import EventFiles
from antiphon_training.fitting.fine_tuning import TRAIN_SHARE
from antiphon_training.fitting.interruption import Interruption
from antiphon_training.fitting.pieces import cut_pieces, split_pieces
from antiphon_training.fitting.precision import in_precision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.fitting.callbacks import Listener
    from antiphon_training.fitting.fine_tuning import Pretrained
    from antiphon_training.kinds.setup import TrainingSetup
    from antiphon_training.recipe import Recipe


def train(
    recipe: Recipe,
    corpora: Sequence[Corpus],
    run: Path,
    listener: Listener | None = None,
    *,
    hours: float | None = None,
    pretrained: Pretrained | None = None,
    within_pieces: bool | None = None,
    group: ProcessGroup | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    """Start the run in the folder `run`, or resume it.

    Parameters
    ----------
    recipe : Recipe
        The recipe; its text is copied into the run.
    corpora : sequence of Corpus
        Read as the recipe says (`recipe.reading`); their order is part of the run.
    run : Path
        The folder that is written.
    listener : Listener, optional
        It is called as the training proceeds.
    hours : float, optional
        Hours of training after which the run ends, with those before it was resumed; a
        learning rate that falls has fallen by then.
    pretrained : Pretrained, optional
        An instrument whose weights the run starts from, in place of random ones.
    within_pieces : bool, optional
        Whether each piece is cut in two, its beginning to train on and its end for
        validation, in place of a split by pieces; only with `pretrained` when not given.
    group : ProcessGroup, optional
        The processes that train together; this one alone when not given.
    clock : callable
        Returns seconds: the hours are counted by it.

    Returns
    -------
    dict
        The progress of the whole run, as in `training.json`.

    Raises
    ------
    TrainingError
        The folder holds a run of another recipe or other corpora, or cannot be written.
    CorpusError
        The corpora leave nothing to train on, or nothing for validation.
    """
    group = group or ProcessGroup()
    if within_pieces is None:
        within_pieces = pretrained is not None
    splits = split_corpora(corpora, recipe.corpus.valid_share)
    pieces = (
        cut_pieces(corpora, splits)
        if within_pieces
        else split_pieces(recipe.corpus, corpora, splits)
    )
    if not pieces.train or not pieces.validation:
        raise CorpusError(
            "The corpora are too small: after the split nothing is left to train on, or nothing "
            "for validation; add files or raise valid_share."
        )
    learn = recipe.trained_codec.learn
    codec = pretrained.codec_for(recipe.codec) if pretrained else learn(recipe.codec, pieces.train)
    group.check_batch(recipe.fit.batch)
    group.agree("the recipe", repr(recipe.essence()).encode())
    every_piece = (*pieces.train, *pieces.validation)
    group.agree("the music", b"".join(piece.tobytes() for piece in every_piece))
    if group.first:
        run_folder.make(run)
        share = TRAIN_SHARE if within_pieces else None
        run_folder.prepare(run, recipe, corpora, splits, share)
        run_folder.keep_codec(run, codec)
        if pretrained:
            run_folder.keep_origin(run, pretrained.summary())
    keras.utils.set_random_seed(recipe.fit.seed)
    with in_precision(recipe.fit.precision):
        network = recipe.kind.build(recipe.network, codec)
        if pretrained and pretrained.assign_to(network):
            start_attention(network, codec, pieces.train)
        setup = recipe.kind.set_up(network, recipe, codec, pieces, hours)
        origin = [np.array(weight.value) for weight in setup.model.trainable_variables]
        share = recipe.fit.origin_share if pretrained else 0.0
        averages = AveragedWeights(origin, share)
        checkpoints = Checkpoints(run, setup.plan, network, group, averages, setup.spent, clock)
        with group.together():
            return _fit_rest(setup, checkpoints, run, listener, pretrained is not None)


def _fit_rest(
    setup: TrainingSetup,
    checkpoints: Checkpoints,
    run: Path,
    listener: Listener | None,
    fine_tuning: bool,
) -> dict[str, Any]:
    """Train for what is left of a run; a full disk or memory becomes an error of ours."""
    checkpoints.resume(setup.model)
    if listener:
        done = checkpoints.done
        listener.begins(setup.plan, done["parts"], float(done["wall_hours"]))
    try:
        if fine_tuning and not checkpoints.done["parts"]:
            checkpoints.begin_with(_validation_loss(setup))
        if not checkpoints.ended:
            _fit(setup, checkpoints, run, listener)
        elif checkpoints.group.first:
            run_folder.write_json(run / run_folder.TRAINING, checkpoints.done)
    except OSError as error:
        raise run_folder.unwritable(run, error) from error
    except tf.errors.ResourceExhaustedError as error:
        raise TrainingError(
            "There is not enough memory for this recipe; lower batch or units, "
            "or close other programs."
        ) from error
    return checkpoints.done


def _fit(
    setup: TrainingSetup, checkpoints: Checkpoints, run: Path, listener: Listener | None
) -> None:
    parts_done = checkpoints.done["parts"]
    callbacks = [
        *setup.callbacks, checkpoints, *([ToListener(listener)] if listener else [])
    ]  # fmt: skip
    if checkpoints.group.first:
        run_folder.trim_log(run, parts_done)
        # A log line without a checkpoint is trimmed, a checkpoint without a log line would
        # leave a gap: so the log comes before the checkpoint. TensorBoard comes last,
        # because a full disk may make it fail.
        callbacks.insert(len(setup.callbacks), LossLog(run, setup.plan))
        callbacks.append(EventFiles(run, setup.plan))
    validation: dict[str, Any] = {
        "validation_data": setup.validation,
        "validation_batch_size": setup.validation_batch,
    }
    if checkpoints.group.processes > 1:
        batches, steps = validation_batches(*setup.validation, setup.validation_batch)
        validation = {"validation_data": batches, "validation_steps": steps}
    with Interruption() as interruption:
        setup.model.fit(
            setup.batches(parts_done),
            epochs=setup.plan.all_parts,  # what Keras calls an epoch is a part of ours
            initial_epoch=parts_done,
            steps_per_epoch=setup.plan.steps_a_part,
            callbacks=[checkpoints.averages, *callbacks, interruption],
            shuffle=False,
            verbose=0,
            **validation,
        )


def _validation_loss(setup: TrainingSetup) -> float:
    """Return the validation loss before any training."""
    inputs, targets = setup.validation
    found = setup.model.evaluate(
        inputs, targets, batch_size=setup.validation_batch, verbose=0, return_dict=True
    )
    return float(found["loss"])
