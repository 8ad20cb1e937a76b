"""`antiphon train`: the command of the training room.

Imported for `antiphon --help` too, so TensorFlow and the rest load inside.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from antiphon.cli.voice import Voice
from antiphon_training.commands.options import CacheFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon_training.commands.progress import TrainingProgress
    from antiphon_training.corpora.corpus import Corpus
    from antiphon_training.fitting.lesson import Wishes
    from antiphon_training.fitting.origin import Origin
    from antiphon_training.recipe import Recipe
    from antiphon_training.scale.ensemble import Ensemble

PLAYER = "Player"
"""The track of a session's file that the player played."""

INTERRUPTED = 130  # as a shell counts a process that SIGINT ended


def train(
    ctx: typer.Context,
    corpora: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS...", help="Folders of music; music21:NAME is music21's own."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of the run.")],
    recipe: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A recipe, or the name of one that is shipped; house."),
    ] = None,
    continue_from: Annotated[
        str | None,
        typer.Option(metavar="INSTRUMENT", help="Let an instrument go on learning: yours, house."),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="With --continue-from: tracks to learn from; Player."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A first look: smaller, and soon done.")
    ] = False,
    hours: Annotated[
        float | None, typer.Option(min=0.0, help="End after so many hours of training in all.")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(metavar="N", help="So many processes train together.")
    ] = None,
    process: Annotated[
        int | None, typer.Option(metavar="I", help="Which of them this is, from 0.")
    ] = None,
    coordinator: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where they meet: at process 0.")
    ] = None,
    cache: CacheFolder = None,
) -> None:
    """Train a network on folders of music.

    Stop it as you like, with Ctrl-C or otherwise: the same command goes on.
    """
    from antiphon_training.commands.progress import TrainingProgress
    from antiphon_training.fitting import run_folder
    from antiphon_training.fitting.lesson import Wishes
    from antiphon_training.fitting.native_messages import native_messages_to
    from antiphon_training.recipe import find_recipe, read_recipe
    from antiphon_training.scale.ensemble import join
    from antiphon_training.scale.seat import take_seat

    voice: Voice = ctx.obj or Voice()
    say = voice.say
    seat = take_seat(processes, process, coordinator, os.environ)
    quiet = voice.quiet or not seat.first
    run_folder.make(out)
    messages = None if voice.verbose else out / seat.named(run_folder.MESSAGES)
    with native_messages_to(messages):
        ensemble = join(seat)
        origin = _origin(continue_from, recipe)
    if origin:
        names = [Path(name).resolve().name for name in corpora]
        path = run_folder.keep_recipe(out, origin.recipe(names, track or [PLAYER]))
    else:
        path = find_recipe(recipe or "house")
    chosen = read_recipe(path, quick)
    try:
        loaded = _load_all(corpora, chosen, cache, say, quiet)
        unit = "loss" if chosen.codec.name == "triplet" else "nats"
        progress = TrainingProgress(chosen.fields, quiet, unit=unit)
        wishes = Wishes(quick=quick, hours=hours, origin=origin)
        with native_messages_to(messages):
            done = _fit(path, loaded, out, wishes, progress, ensemble)
    except KeyboardInterrupt:
        say(_stopped(out))
        raise typer.Exit(INTERRUPTED) from None
    say(
        f"{out}: trained for {done['epochs']} epochs; the best was epoch {done['best_epoch']}, "
        f"at {done['best_valid_loss']:.3f} {unit}{_before(done)}. "
        f"`antiphon export {out} --out FILE.onnx` makes an instrument of it."
    )


def _origin(continue_from: str | None, recipe: str | None) -> Origin | None:
    """Return the instrument that is to go on learning, if one was named."""
    from antiphon.errors import UsageError

    if continue_from is None:
        return None
    if recipe is not None:
        raise UsageError(
            "An instrument goes on learning by its own recipe; leave --recipe or "
            "--continue-from out."
        )
    from antiphon_training.fitting.origin import find_instrument, read_origin

    return read_origin(find_instrument(continue_from))


def _before(done: dict[str, Any]) -> str:
    before = done.get("valid_loss_before")
    return "" if before is None else f", from {before:.3f} before"


def _load_all(
    named: Sequence[str],
    recipe: Recipe,
    cache: Path | None,
    say: Callable[[str], None],
    quiet: bool,
) -> list[Corpus]:
    """Return the corpora, and say what was left out."""
    from antiphon.errors import UsageError
    from antiphon_training.commands.progress import parsing
    from antiphon_training.corpora.corpus import load_corpus
    from antiphon_training.corpora.split import missing_heldout

    folders = [Path(name) for name in named]
    names = Counter(folder.resolve().name for folder in folders)
    if twice := [name for name, count in names.items() if count > 1]:
        raise UsageError(f"Two corpora are called {twice[0]}; give each folder a name of its own.")
    loaded = []
    for folder in folders:
        reading = recipe.reading(folder.resolve().name)
        with parsing(folder.name, quiet) as progress:
            one = load_corpus(
                folder,
                reading,
                composers=recipe.corpus.composers or None,
                cache=cache,
                progress=progress,
            )
        say(f"{one.name}: {len(one.files)} files, {len(one.notes):,} notes")
        for defect in one.defects:
            say(f"  left out: {defect.file} {defect.reason}")
        for file in missing_heldout(one):
            say(f"  heldout.txt lists {file}, which is not there")
        loaded.append(one)
    return loaded


def _fit(
    path: Path,
    loaded: Sequence[Corpus],
    out: Path,
    wishes: Wishes,
    progress: TrainingProgress,
    ensemble: Ensemble,
) -> dict[str, Any]:
    with progress:
        from antiphon_training.fitting.fit import train as fit

        return fit(path, loaded, out, progress, wishes, ensemble)


def _stopped(out: Path) -> str:
    from antiphon_training.fitting import run_folder

    if not (out / run_folder.RESUME).is_file():
        return "Stopped before the first epoch was kept; the same command begins anew."
    epochs = run_folder.read_json(out / run_folder.TRAINING)["epochs"]
    return f"Stopped; {epochs} epochs are kept in {out}, and the same command goes on from there."
