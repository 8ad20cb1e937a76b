"""`antiphon learn`: from a folder of music to an instrument and a piece, by one command.

Imported for `antiphon --help` too, so TensorFlow and the rest are imported inside.
"""

from __future__ import annotations

import typer

from antiphon.cli.failures import INTERRUPTED
from antiphon.cli.options import ConfigFile, SoundFontFile, Temperatures
from antiphon.cli.verbosity import Verbosity
from antiphon_export.learning.options import (
    InstrumentName,
    Licence,
    MemoryOrNot,
    Notes,
    PieceFile,
    RecipeName,
    ResultsFolder,
    Seconds,
    Seed,
)
from antiphon_training.commands.options import CacheFolder, Composers, Corpora, Hours, Quick


def learn(
    ctx: typer.Context,
    corpora: Corpora,
    out: ResultsFolder,
    recipe: RecipeName = "house",
    quick: Quick = False,
    hours: Hours = None,
    composer: Composers = None,
    name: InstrumentName = None,
    licence: Licence = None,
    memory: MemoryOrNot = None,
    piece: PieceFile = None,
    seconds: Seconds = None,
    notes: Notes = None,
    temperature: Temperatures = None,
    seed: Seed = 1,
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
        memory=True if memory is None and not quick else memory,
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
