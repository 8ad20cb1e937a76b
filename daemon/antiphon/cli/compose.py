"""`antiphon compose`: a piece made offline, from a beginning."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import typer

from antiphon.cli.compose_options import (
    AddedOnly,
    BeginningFile,
    ChordSymbols,
    ContinuingInstrument,
    NotesAdded,
    PieceFiles,
    SecondsAdded,
    Seed,
    SeedCorpus,
    SeedFrom,
    SeedRun,
)
from antiphon.cli.options import ConfigFile, ScoreTitle, SoundFontFile, Temperatures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def compose(
    context: typer.Context,
    out: PieceFiles,
    file: BeginningFile = None,
    seed_from: SeedFrom = None,
    corpus: SeedCorpus = None,
    run: SeedRun = None,
    notes: NotesAdded = None,
    seconds: SecondsAdded = None,
    temperature: Temperatures = None,
    added_only: AddedOnly = False,
    title: ScoreTitle = None,
    chords: ChordSymbols = False,
    instrument: ContinuingInstrument = None,
    soundfont: SoundFontFile = None,
    seed: Seed = None,
    config: ConfigFile = None,
) -> None:
    """Continue a file or a stretch of a corpus, offline.

    Scores (MusicXML, and PDF or PNG where MuseScore or LilyPond is installed)
    and beginnings from a corpus need .venv/bin/pip install -e '.[train]'.
    """
    from antiphon.errors import UsageError
    from antiphon.sections import Settings
    from antiphon.settings import Option, load

    if (file is None) == (seed_from is None):
        raise UsageError("Name one beginning: FILE.mid, or --seed-from FILE, corpus or validation.")
    given = {
        "instrument.path": (instrument, "--instrument"),
        "synth.soundfont": (soundfont, "--soundfont"),
        "partner.seed": (seed, "--seed"),
    }
    options = {
        key: Option(value, name) for key, (value, name) in given.items() if value is not None
    }
    settings = load(Settings, config, options=options).settings

    from antiphon.compose import Wish
    from antiphon.compose import compose as compose_piece

    wish = Wish(
        seed_from=str(file) if seed_from is None else seed_from,
        out=tuple(out),
        seconds=seconds,
        notes=notes,
        temperature=tuple(temperature or ()),
        added_only=added_only,
        corpus=corpus,
        run=run,
        title=title,
        chords=chords,
    )
    with composing(notes, quiet=context.obj.quiet) as progress:
        compose_piece(wish, settings, say=context.obj.say, progress=progress)


@contextlib.contextmanager
def composing(notes: int | None, *, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """Show the number of notes so far, or of words, if stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    so_far = TextColumn("{task.completed} " + ("drawn" if notes else "notes"))
    columns = (TextColumn("composing"), BarColumn(), so_far)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=notes)
        yield lambda done: bar.update(task, completed=done)
