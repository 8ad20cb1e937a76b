"""`antiphon compose`: a piece made offline, from a beginning."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antiphon.cli.options import ConfigFile, ScoreTitle, SoundFontFile, Temperatures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def compose(
    context: typer.Context,
    out: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE",
            help="The file to write: .mid, .wav, .mp3, .ogg, .musicxml, .pdf or .png; repeatable.",
        ),
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.mid]", help="What was played so far.")
    ] = None,
    seed_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|corpus|validation",
            help="Begin with a file, or with a random stretch of the pieces that the instrument "
            "was trained on (corpus) or validated on (validation).",
        ),
    ] = None,
    corpus: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where the corpus of --seed-from is.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The training run that knows the corpora.")
    ] = None,
    notes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many notes to add; of an instrument of words, how many words "
            "(each a note or a chord).",
        ),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="How many seconds to add; 30 by default.")
    ] = None,
    temperature: Temperatures = None,
    added_only: Annotated[
        bool, typer.Option("--added-only", help="Leave the beginning out of the files.")
    ] = False,
    title: ScoreTitle = None,
    chords: Annotated[
        bool, typer.Option("--chords", help="Print chord symbols over the staves of a score.")
    ] = False,
    instrument: Annotated[
        str | None, typer.Option(metavar="FILE", help="The instrument that continues it.")
    ] = None,
    soundfont: SoundFontFile = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="With the same seed, add the same notes.")
    ] = None,
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
