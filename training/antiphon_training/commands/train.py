"""`antiphon train`: train a network on folders of music.

Imported for `antiphon --help` too, so TensorFlow and the rest are imported inside.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from antiphon.cli.failures import INTERRUPTED
from antiphon.cli.verbosity import Verbosity
from antiphon.errors import UsageError
from antiphon.wording import how_many
from antiphon_training.commands.options import CacheFolder, Composers, Corpora, Hours, Quick
from antiphon_training.commands.train_options import (
    ContinueFrom,
    Coordinator,
    Processes,
    ProcessIndex,
    RecipeOrHouse,
    RunFolder,
    TracksLearned,
)
from antiphon_training.commands.train_order import TrainOrder

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.progress import Progress

    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.recipe import Recipe

__all__ = ["TrainOrder", "run", "train"]


def train(
    ctx: typer.Context,
    corpora: Corpora,
    out: RunFolder,
    recipe: RecipeOrHouse = None,
    continue_from: ContinueFrom = None,
    track: TracksLearned = None,
    composer: Composers = None,
    quick: Quick = False,
    hours: Hours = None,
    processes: Processes = None,
    process: ProcessIndex = None,
    coordinator: Coordinator = None,
    cache: CacheFolder = None,
) -> None:
    """Train a network on folders of music.

    Stop it at any time, with Ctrl-C or otherwise: the same command resumes it.
    """
    from antiphon_training.distributed.process_options import read_process_options

    verbosity: Verbosity = ctx.obj or Verbosity()
    if hours is not None and hours <= 0.0:
        raise UsageError("--hours must be more than 0; 0.1 are six minutes.")
    order = TrainOrder(
        corpora=corpora,
        out=out,
        recipe=recipe,
        continue_from=continue_from,
        tracks=track,
        composers=composer,
        quick=quick,
        hours=hours,
        processes=read_process_options(processes, process, coordinator, os.environ),
        cache=cache,
    )
    try:
        done, unit = run(order, verbosity)
    except KeyboardInterrupt:
        verbosity.say(_stopped(out))
        raise typer.Exit(INTERRUPTED) from None
    verbosity.say(_trained(out, done, unit))


def run(
    order: TrainOrder,
    verbosity: Verbosity,
    terminal: Console | None = None,
    bar: Progress | None = None,
) -> tuple[dict[str, Any], str]:
    """Start or resume a training, and show its progress on a terminal: stderr by default.

    Where another display is shown already, it goes to that one's bar.

    Returns
    -------
    dict
        The progress of the whole run, as in `training.json`.
    str
        The unit of its losses.

    Raises
    ------
    AntiphonError
        The training cannot start, or not be resumed.
    KeyboardInterrupt
        It was stopped; what is kept is whole.
    """
    from antiphon_training.commands.chosen_recipe import choose_recipe, read_instrument
    from antiphon_training.commands.progress import TrainingProgress
    from antiphon_training.distributed.process_group import join
    from antiphon_training.distributed.process_options import ProcessOptions
    from antiphon_training.fitting import run_folder
    from antiphon_training.fitting.native_messages import native_messages_to

    options, out = order.processes or ProcessOptions(), order.out
    quiet = verbosity.quiet or not options.first
    run_folder.make(out)
    messages = None if verbosity.verbose else out / options.file_name(run_folder.MESSAGES)
    with native_messages_to(messages):
        group = join(options)
        pretrained = read_instrument(order.continue_from, order.quick)
    chosen = choose_recipe(order, pretrained, quiet)
    loaded = _load_all(order, chosen, verbosity.say, quiet, bar)
    unit = chosen.kind.loss_unit
    progress = TrainingProgress(chosen.trained_codec.fields, quiet, terminal, unit, bar=bar)
    with native_messages_to(messages), progress:
        from antiphon_training.fitting.fit import train as fit

        done = fit(
            chosen,
            loaded,
            out,
            progress,
            hours=order.hours,
            pretrained=pretrained,
            within_pieces=pretrained is not None and order.recipe is None,
            group=group,
        )
    return done, unit


def _trained(out: Path, done: dict[str, Any], unit: str) -> str:
    if done["best_valid_loss"] is None:
        return f"{out}: no epoch was trained, since no hours were left; --hours gives it more."
    epochs = how_many(done["epochs"], "epoch")
    best = done["best_epoch"]
    which = "epoch" if best == int(best) else "after"
    return (
        f"{out}: trained for {epochs}; the best was {which} {best}, "
        f"at {done['best_valid_loss']:.3f} {unit}{_before(done)}. "
        f"`antiphon export {out} --out FILE.onnx` makes an instrument of it."
    )


def _before(done: dict[str, Any]) -> str:
    before = done.get("valid_loss_before")
    return "" if before is None else f", from {before:.3f} before"


def _load_all(
    order: TrainOrder,
    recipe: Recipe,
    say: Callable[[str], None],
    quiet: bool,
    bar: Progress | None,
) -> list[Corpus]:
    """Return the corpora, and say what was left out."""
    from antiphon_training.commands.progress import parsing
    from antiphon_training.corpora.corpus import load_corpus
    from antiphon_training.corpora.split import missing_heldout

    folders = [Path(name) for name in order.corpora]
    names = Counter(folder.resolve().name for folder in folders)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(f"Two corpora are called {twice[0]}; give each folder a name of its own.")
    loaded = []
    for folder in folders:
        with parsing(folder.name, quiet, bar) as progress:
            one = load_corpus(
                folder,
                recipe.reading(folder.resolve().name),
                composers=recipe.corpus.composers or None,
                cache=order.cache,
                progress=progress,
            )
        say(f"{one.name}: {how_many(len(one.files), 'file')}, {how_many(len(one.notes), 'note')}")
        for defect in one.defects:
            say(f"  left out: {defect.file} {defect.reason}")
        for file in missing_heldout(one):
            say(f"  heldout.txt lists {file}, which is not there")
        loaded.append(one)
    return loaded


def _stopped(out: Path) -> str:
    from antiphon_training.fitting import run_folder

    if not (out / run_folder.RESUME).is_file():
        return "Stopped before the first checkpoint; the same command starts the run again."
    epochs = run_folder.read_json(out / run_folder.TRAINING)["epochs"]
    kept = f"{how_many(epochs, 'epoch')} {'is' if epochs == 1 else 'are'} kept"
    return f"Stopped; {kept} in {out}, and the same command resumes the run."
