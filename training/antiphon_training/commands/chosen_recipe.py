"""The recipe of a training: one that is named, or one for the instrument that it continues."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import TrainingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antiphon_training.commands.train_order import TrainOrder
    from antiphon_training.fitting.fine_tuning import Pretrained
    from antiphon_training.recipe import Recipe

PLAYER, PARTNER = "Player", "Antiphon"
"""The tracks of a session's file: what the player played, and what the instrument answered."""


def read_instrument(name: str | None, quick: bool) -> Pretrained | None:
    """Return the instrument to train further, if one was named."""
    if name is None:
        return None
    if quick:
        raise UsageError(
            "An instrument keeps its sizes when it is trained further; leave out --quick, or "
            "--continue-from."
        )
    from antiphon.resources import find_instrument
    from antiphon_training.fitting.fine_tuning import read_pretrained

    return read_pretrained(find_instrument(name))


def choose_recipe(order: TrainOrder, pretrained: Pretrained | None, quiet: bool) -> Recipe:
    """Return the recipe of a run: the one named, or one for the instrument that it continues.

    Raises
    ------
    UsageError
        Tracks are named where the recipe names them.
    TrainingError
        The recipe has another codec than the instrument, or the run learned from other
        tracks.
    """
    if pretrained is not None and order.recipe is None:
        return _gentle_recipe(pretrained, order, quiet)
    if order.tracks:
        raise UsageError(
            "--track is for --continue-from without a recipe; a recipe names tracks itself, "
            "in [corpus.tracks]."
        )
    return _recipe(order.recipe, order.quick, order.composers, pretrained)


def _recipe(
    name: str | None, quick: bool, composers: Sequence[str] | None, pretrained: Pretrained | None
) -> Recipe:
    """Return the recipe of this name; the house recipe where none is given.

    Raises
    ------
    TrainingError
        It has another codec than the pretrained instrument.
    """
    from antiphon_training.recipe import find_recipe, read_recipe

    recipe = read_recipe(find_recipe(name or "house"), quick, composers)
    if pretrained is not None:
        pretrained.check_codec(recipe.codec)
    return recipe


def _gentle_recipe(pretrained: Pretrained, order: TrainOrder, quiet: bool) -> Recipe:
    """Return a recipe for a little more training of an instrument.

    A run that has a checkpoint keeps its own, which may have been edited.

    Raises
    ------
    TrainingError
        The run has a checkpoint and learned from other tracks.
    """
    from antiphon_training.corpora.piece import ANY
    from antiphon_training.fitting import run_folder
    from antiphon_training.recipe import read_recipe

    tracks, composers, out = order.tracks, order.composers, order.out
    names = [Path(folder).resolve().name for folder in order.corpora]
    if not (out / run_folder.RESUME).is_file():
        if not tracks:
            named = dict(zip(names, order.corpora, strict=True))
            return pretrained.recipe(
                _player_tracks(named, pretrained, order.cache, quiet), composers
            )
        chosen = {} if ANY in tracks else {name: list(tracks) for name in names}
        return pretrained.recipe(chosen, composers)
    recipe = read_recipe(out / run_folder.RECIPE, composers=composers)
    readings = [recipe.reading(name) for name in names]
    if tracks and any(one != replace(one, tracks=tracks) for one in readings):
        learned = " and ".join(readings[0].tracks or ["all tracks"])
        raise TrainingError(
            f"{out} holds a run that learned from {learned}; leave out --track to resume it, or "
            "name another --out folder."
        )
    return recipe


def _player_tracks(
    corpora: Mapping[str, str], pretrained: Pretrained, cache: Path | None, quiet: bool
) -> dict[str, list[str]]:
    """Return which tracks of each corpus to learn from, by the corpus' name.

    Of sessions it is the player's track, since the other one is the instrument's own
    music. Of other folders it is every track, and they are left out here.
    """
    from antiphon_training.commands.progress import parsing
    from antiphon_training.corpora.corpus import Reading, read_corpus

    whole = Reading.for_codec(pretrained.codec)
    of_players = {}
    for name, folder in corpora.items():
        with parsing(name, quiet) as progress:
            there = read_corpus(folder, whole, cache=cache, progress=progress).tracks
        if {PLAYER, PARTNER} & there.keys():
            of_players[name] = [PLAYER]
    return of_players
