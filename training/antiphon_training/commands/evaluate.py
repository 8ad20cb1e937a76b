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

    from antiphon.instrument import Predictor
    from antiphon_training.corpora.assemble import FileNotes
    from antiphon_training.evaluation.ngram_instrument import NGramInstrument
    from antiphon_training.evaluation.report import Continuations
    from antiphon_training.evaluation.selection import Selection

    Say = Callable[[str], None]


def evaluate(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="The instrument.")],
    corpus: Annotated[
        str,
        typer.Argument(metavar="CORPUS", help="A folder of music; music21:NAME is music21's own."),
    ],
    heldout: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Files, one path a line; by default the held-out ones."),
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
    baseline_corpus: Annotated[
        list[str] | None,
        typer.Option(metavar="FOLDER", help="Teach an n-gram this corpus, and compare with it."),
    ] = None,
    cache: CacheFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="Processor cores to use.")] = 1,
) -> None:
    """Measure how well an instrument predicts and continues pieces."""
    from antiphon.instrument import Predictor
    from antiphon_training.corpora.assemble import read_files
    from antiphon_training.corpora.folder import list_files
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.evaluation.prediction import figures
    from antiphon_training.evaluation.report import Baseline, Report
    from antiphon_training.evaluation.selection import composers_of, select, tracks_of
    from antiphon_training.evaluation.vocabulary import outside_vocabulary

    if file.is_dir():
        raise UsageError(f"{file} is a folder; name an .onnx file (`antiphon export` writes one).")
    verbosity: Verbosity = ctx.obj or Verbosity()
    say = verbosity.say
    predictor = Predictor(file, threads)
    codec = predictor.codec
    name = list_files(corpus).name
    reading = Reading.for_codec(codec, track or tracks_of(predictor.card, name))
    composers = composer or composers_of(predictor.card, name)
    measured = select(corpus, reading, heldout, composers=composers, cache=cache)
    read, unreadable = read_files(measured.folder, measured.files, reading, cache)
    defects = [*measured.defects, *unreadable]
    for defect in defects:
        typer.echo(f"antiphon: left out: {defect.file} {defect.reason}", err=True)
    pieces = [codec.encode(piece.notes) for piece in read]
    found = figures(predictor, pieces, ranks=True)
    ngram = baseline = None
    if baseline_corpus:
        ngram, learned = _ngram(predictor, baseline_corpus, measured, cache, say)
        names = tuple(list_files(folder).name for folder in baseline_corpus)
        baseline = Baseline(names, learned, figures(ngram, pieces, ranks=True))
    played = None
    if continuations:
        # Continuations are in seconds for every codec: see `evaluation.continuations`.
        seconds = replace(reading, time="seconds")
        read, _ = read_files(measured.folder, measured.files, seconds, cache)
        played = _play_on(predictor, ngram, read, say)
    report = Report(
        instrument=predictor.card.name,
        codec=codec.name,
        corpus=measured.name,
        figures=found,
        outside=outside_vocabulary(codec, [piece.notes for piece in read]),
        defects=defects,
        baseline=baseline,
        continuations=played,
    )
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        return
    for line in report.lines():
        typer.echo(line)


def _ngram(
    predictor: Predictor,
    corpora: Sequence[str],
    measured: Selection,
    cache: Path | None,
    say: Say,
) -> tuple[NGramInstrument, int]:
    """Return the n-gram of corpora, and the number of rows that it learned from."""
    from antiphon_training.evaluation.ngram_instrument import NGramInstrument
    from antiphon_training.evaluation.selection import baseline_pieces
    from antiphon_training.kinds.registry import CODECS

    pieces = baseline_pieces(corpora, measured, predictor.card, predictor.codec, cache)
    rows = sum(map(len, pieces))
    say(f"teaching an n-gram {rows:,} {CODECS[predictor.codec.name].row}s of {len(pieces)} pieces")
    return NGramInstrument.learn(predictor.codec, pieces), rows


def _play_on(
    predictor: Predictor,
    ngram: NGramInstrument | None,
    read: Sequence[FileNotes],
    say: Say,
) -> Continuations:
    """Let all players continue the pieces, and return the comparison.

    Raises
    ------
    CorpusError
        No piece is long enough.
    """
    from antiphon.errors import CorpusError
    from antiphon_training.evaluation import continuations as played
    from antiphon_training.evaluation.report import (
        IMITATOR,
        INSTRUMENT,
        NGRAM,
        REPEAT,
        Continuations,
    )

    codec = predictor.codec
    cut = {piece.file: played.excerpt(piece.file, piece.notes) for piece in read}
    excerpts = [excerpt for excerpt in cut.values() if excerpt is not None]
    if not excerpts:
        raise CorpusError(
            f"No piece is as long as the {played.GIVEN + played.CONTINUED:g} seconds that "
            "continuations need; name longer ones, or leave out --continuations."
        )
    say(f"continuing {len(excerpts)} pieces")
    players = {INSTRUMENT: played.player(predictor, codec)}
    if ngram is not None:
        players[NGRAM] = played.player(ngram, codec)
    players[IMITATOR] = played.imitator(codec)
    players[REPEAT] = played.repeated
    left_out = tuple(file for file, excerpt in cut.items() if excerpt is None)
    return Continuations(len(excerpts), left_out, played.compare(players, excerpts))
