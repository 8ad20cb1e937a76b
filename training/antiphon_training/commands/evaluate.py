"""`antiphon evaluate`: the figures of an instrument, beside those of baselines.

Imported for `antiphon --help` too, so heavy packages are imported inside.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from antiphon.cli.verbosity import Verbosity
from antiphon.errors import UsageError
from antiphon_training.commands.options import CacheFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument import Predictor
    from antiphon.partner import PartnerSections
    from antiphon_training.evaluation.halves import MemoryFigures
    from antiphon_training.evaluation.report import Report

    Say = Callable[[str], None]


def evaluate(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.onnx", help='The instrument; "house" is the shipped one.'),
    ],
    corpus: Annotated[
        str,
        typer.Argument(metavar="CORPUS", help="A folder of music; music21:NAME is music21's own."),
    ],
    heldout: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Files, one path a line; by default the held-out ones."),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Its training run, which names the pieces that it did not learn from.",
        ),
    ] = None,
    track: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Tracks to read; by default as the card says."),
    ] = None,
    composer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only pieces of this composer; by default as the card says."
        ),
    ] = None,
    continuations: Annotated[
        bool,
        typer.Option(
            "--continuations", help="Let it continue each piece, and compare with the piece."
        ),
    ] = False,
    given: Annotated[
        float, typer.Option(min=1.0, help="Seconds of each piece that it reads, to continue it.")
    ] = 20.0,
    continued: Annotated[
        float, typer.Option(min=1.0, help="Seconds for which it continues each piece.")
    ] = 20.0,
    phrases: Annotated[
        int,
        typer.Option(
            min=0, metavar="NUMBER", help="Let it answer so many plain phrases of each kind."
        ),
    ] = 0,
    pauses: Annotated[
        bool,
        typer.Option("--pauses", help="Play each piece through, and count how often it breaks in."),
    ] = False,
    memory: Annotated[
        bool,
        typer.Option("--memory", help="Measure whole pieces and second halves with its memory."),
    ] = False,
    first_notes: Annotated[
        int | None,
        typer.Option(min=100, metavar="NUMBER", help="With --memory, read only so many notes."),
    ] = None,
    takes: Annotated[
        int,
        typer.Option(min=1, help="How often it continues each piece and answers each phrase."),
    ] = 1,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="SECTION.KEY=VALUE", help="A setting to play by; repeatable."
        ),
    ] = None,
    baseline_corpus: Annotated[
        list[str] | None,
        typer.Option(metavar="FOLDER", help="Teach an n-gram this corpus, and compare with it."),
    ] = None,
    cache: CacheFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Processor cores to use.")] = 1,
) -> None:
    """Measure how well an instrument predicts and continues pieces.

    They are those held out; where none is, those that it did not learn from.
    """
    from antiphon.instrument import Predictor
    from antiphon.resources import find_instrument
    from antiphon_training.corpora.folder import list_files
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.evaluation.excerpts import Lengths
    from antiphon_training.evaluation.measuring import measure
    from antiphon_training.evaluation.playing import Pieces, Playing, Wanted
    from antiphon_training.evaluation.selection import composers_of, select, tracks_of
    from antiphon_training.evaluation.unlearned import Learned

    if file.is_dir():
        raise UsageError(f"{file} is a folder; name an .onnx file (`antiphon export` writes one).")
    verbosity: Verbosity = ctx.obj or Verbosity()
    sections, say = _sections(setting or ()), verbosity.say
    predictor = Predictor(find_instrument(file), threads)
    name = list_files(corpus).name
    reading = Reading.for_codec(predictor.codec, track or tracks_of(predictor.card, name))
    composers = composer or composers_of(predictor.card, name)
    learned = Learned.of(predictor.card, name, run)
    measured = select(corpus, reading, heldout, composers=composers, cache=cache, learned=learned)
    if measured.note:
        typer.echo(f"antiphon: {measured.note}.", err=True)
    found = measure(predictor, measured, reading, baseline_corpus or (), cache=cache, say=say)
    for defect in found.defects:
        typer.echo(f"antiphon: left out: {defect.file} {defect.reason}", err=True)
    kept = _memory(predictor, found.pieces, first_notes, say) if memory else None
    wanted = Wanted(Lengths(given, continued) if continuations else None, phrases, pauses)
    playing = Playing(predictor, found.ngram, sections, takes)
    played = playing.played(wanted, lambda: Pieces.read(measured, reading, cache), say)
    _print(replace(found.report, memory=kept, played=played), as_json=as_json)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        return
    for line in report.lines():
        typer.echo(line)


def _memory(
    predictor: Predictor, pieces: Sequence[NDArray[np.int32]], first_notes: int | None, say: Say
) -> MemoryFigures:
    """Return the nats of whole pieces and of second halves, with a memory and without."""
    from antiphon_training.evaluation.halves import MemoryFigures, remembering

    say("scoring whole pieces and second halves, with a memory and without")
    return MemoryFigures.measured(predictor, remembering(predictor), pieces, first_notes)


def _sections(given: Sequence[str]) -> PartnerSections:
    """Return the partner's settings as shipped, but for those that are given as KEY=VALUE.

    Raises
    ------
    AntiphonError
        There is no such setting, or its value is not allowed.
    """
    from antiphon.partner import PartnerSections

    sections = PartnerSections()
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise UsageError(f"--set takes SECTION.KEY=VALUE, not {each!r}.")
        sections = sections.changed(name, value.strip())
    return sections
