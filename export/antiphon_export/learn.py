"""`antiphon learn`: from a folder of music to an instrument and a piece, by one command.

Imported for `antiphon --help` too, so TensorFlow and the rest are imported inside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antiphon.cli.failures import INTERRUPTED
from antiphon.cli.options import ConfigFile, SoundFontFile, Temperatures
from antiphon.cli.verbosity import Verbosity
from antiphon_training.commands.options import CacheFolder, Composers, Corpora, Hours, Quick


def learn(
    ctx: typer.Context,
    corpora: Corpora,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder of all results.")],
    recipe: Annotated[
        str, typer.Option(metavar="FILE", help="A recipe, or the name of a shipped one.")
    ] = "house",
    quick: Quick = False,
    hours: Hours = None,
    composer: Composers = None,
    name: Annotated[
        str | None, typer.Option(help="The instrument's name; by default that of DIR.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="The licence of the instrument.")] = None,
    memory: Annotated[
        bool | None,
        typer.Option(
            "--memory/--no-memory",
            help="Fit a memory, which takes minutes; by default unless --quick is given.",
        ),
    ] = None,
    piece: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where the piece goes: .mid, .wav, .musicxml and .pdf of this name; "
            "by default DIR/piece.",
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="How many seconds to compose; 30 by default.")
    ] = None,
    notes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many notes to compose; with an instrument of words, how many words.",
        ),
    ] = None,
    temperature: Temperatures = None,
    seed: Annotated[
        int, typer.Option(metavar="NUMBER", help="With another seed, compose another piece.")
    ] = 1,
    soundfont: SoundFontFile = None,
    config: ConfigFile = None,
    cache: CacheFolder = None,
) -> None:
    """Learn from a folder: train, export, measure, and compose a piece.

    The same command goes on where it was stopped, and repeats no step that is done.
    Other options than these are those of the single commands.
    """
    from antiphon_export.learning.order import LearnOrder
    from antiphon_export.learning.running import learn_from

    verbosity: Verbosity = ctx.obj or Verbosity()
    order = LearnOrder(
        corpora=tuple(corpora),
        out=out,
        recipe=recipe,
        quick=quick,
        hours=hours,
        composers=tuple(composer or ()),
        name=name,
        licence=licence,
        memory=not quick if memory is None else memory,
        piece=piece,
        seconds=seconds,
        notes=notes,
        temperature=tuple(temperature or ()),
        seed=seed,
        soundfont=soundfont,
        config=config,
        cache=cache,
    )
    try:
        learn_from(order, verbosity)
    except KeyboardInterrupt:
        verbosity.say(f"Stopped; what is done is kept in {out}, and the same command goes on.")
        raise typer.Exit(INTERRUPTED) from None
