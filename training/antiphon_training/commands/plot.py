"""`antiphon plot`: a picture of a MIDI file, of training runs, or of a corpus.

Imported for `antiphon --help` too, so matplotlib and the rest are imported inside.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure


COLLECTIONS = "music21:"
"""The beginning of the names of corpora that come with music21."""


class Shown(StrEnum):
    """The contents of a picture of a corpus."""

    fields = "fields"
    chords = "chords"
    composers = "composers"


def plot(
    ctx: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE.mid|RUN...|CORPUS", help="What to draw."),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help=".png or .svg; a folder for all pictures of a corpus."),
    ],
    start: Annotated[
        float | None,
        typer.Option(
            "--from",
            min=0.0,
            metavar="SECONDS",
            help="Start of the part of a MIDI file; by default its first note.",
        ),
    ] = None,
    end: Annotated[
        float | None,
        typer.Option("--to", min=0.0, metavar="SECONDS", help="End of the part of a MIDI file."),
    ] = None,
    show: Annotated[Shown, typer.Option(help="The picture of a corpus to draw.")] = Shown.fields,
    track: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only tracks of this name of a corpus.")
    ] = None,
    min_count: Annotated[
        int, typer.Option(min=1, metavar="TIMES", help="Chords that occur less often are rare.")
    ] = 10,
) -> None:
    """Draw a MIDI file, training runs, or a corpus.

    A MIDI file becomes a piano roll, runs become curves, a corpus distributions.
    """
    from antiphon.errors import UsageError
    from antiphon_training.plots.drawing import check_suffix, save

    if all((Path(source) / "log.csv").is_file() for source in sources):
        check_suffix(out)
        save(_curves([Path(source) for source in sources]), out)
        return
    if len(sources) > 1:
        raise UsageError(
            "Several sources can be drawn in one picture only if all are folders of training runs."
        )
    (source,) = sources
    if Path(source).is_dir() or source.startswith(COLLECTIONS):
        _corpus(source, out, show, (track, min_count), quiet=bool(ctx.obj and ctx.obj.quiet))
        return
    check_suffix(out)
    if end is not None and end <= (start or 0.0):
        raise UsageError(f"--to must come after --from, and {end:g} does not.")
    save(_roll(Path(source), start, end), out)


def _curves(runs: Sequence[Path]) -> Figure:
    from antiphon_training.plots.curves import read_curves, training_curves

    return training_curves([read_curves(run) for run in runs])


def _roll(file: Path, start: float | None, end: float | None) -> Figure:
    from antiphon.file_names import readable
    from antiphon_training.plots.piano_roll import piano_roll, read_tracks

    return piano_roll(read_tracks(file), readable(file.stem), start=start, end=end)


def _corpus(
    folder: str,
    out: Path,
    show: Shown,
    chosen: tuple[Sequence[str] | None, int],
    *,
    quiet: bool,
) -> None:
    """Draw one picture of a corpus, or all of them where `out` is a folder.

    `chosen` are the tracks to read, and the least count of a chord.
    """
    from antiphon.errors import UsageError
    from antiphon_training.commands.progress import parsing
    from antiphon_training.corpora.corpus import Reading, load_corpus
    from antiphon_training.plots.corpus import chords, corpus_plots
    from antiphon_training.plots.distributions import composers, fields, known_composers
    from antiphon_training.plots.drawing import check_suffix, save

    tracks, min_count = chosen
    whole = not out.suffix
    if not whole:
        check_suffix(out)
    with parsing(Path(folder).name, quiet=quiet) as progress:
        corpus = load_corpus(folder, Reading(tracks), progress=progress)
    if whole:
        for path in corpus_plots(corpus, out, min_count=min_count):
            typer.echo(path)
    elif show is Shown.chords:
        save(chords(corpus, min_count), out)
    elif show is Shown.composers:
        if not known_composers(corpus):
            raise UsageError(
                f"Nothing in {folder} names the composers of its files; put them into a folder for "
                "each composer, or list them in its manifest.tsv."
            )
        save(composers(corpus), out)
    else:
        save(fields(corpus), out)
