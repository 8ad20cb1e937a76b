"""`antiphon corpus`: a report on a folder of music.

Imported for `antiphon --help` too, so heavy packages are imported inside.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from antiphon_training.commands.options import CacheFolder


def corpus(
    ctx: typer.Context,
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER", help="A folder of music, or music21:NAME of music21's own."
        ),
    ],
    track: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only tracks of this name.")
    ] = None,
    composer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only pieces of this composer.")
    ] = None,
    reader: Annotated[
        Literal["symusic", "music21"], typer.Option(help="The library that parses MIDI files.")
    ] = "symusic",
    chord_symbols: Annotated[
        bool,
        typer.Option("--chord-symbols", help="Let the chord symbols of scores sound as chords."),
    ] = False,
    keys: Annotated[bool, typer.Option("--keys", help="Estimate the key of each piece.")] = False,
    plots: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw the corpus into this folder.")
    ] = None,
    cache: CacheFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a folder of music holds, and what is not usable."""
    from antiphon_training.commands.progress import parsing
    from antiphon_training.corpora.corpus import Reading, nothing_to_learn_from, read_corpus
    from antiphon_training.corpora.report import report, report_lines

    quiet = bool(ctx.obj and ctx.obj.quiet)
    with parsing(Path(folder).name, quiet) as progress:
        reading = Reading(track, reader=reader, chord_symbols=chord_symbols)
        loaded = read_corpus(folder, reading, composers=composer, cache=cache, progress=progress)
    facts = report(loaded, track, keys=keys)
    if plots is not None and loaded.files:
        from antiphon_training.plots.corpus import corpus_plots

        facts["plots"] = [str(path) for path in corpus_plots(loaded, plots)]
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(report_lines(facts)))
    if not loaded.files:
        raise nothing_to_learn_from(loaded)
