"""`antiphon evaluate`: the figures of an instrument, beside those of baselines.

Imported for `antiphon --help` too, so heavy packages are imported inside.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from antiphon.cli.verbosity import Verbosity
from antiphon.errors import UsageError
from antiphon_training.commands.evaluate_options import (
    AsJson,
    BaselineCorpora,
    ComposersRead,
    Continuations,
    ContinuedSeconds,
    FirstNotes,
    GivenSeconds,
    HeldoutList,
    InstrumentFile,
    MeasuredCorpus,
    Pauses,
    Phrases,
    PlayedBy,
    RunOfInstrument,
    Takes,
    Threads,
    TracksRead,
    WithMemory,
)
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
    file: InstrumentFile,
    corpus: MeasuredCorpus,
    heldout: HeldoutList = None,
    run: RunOfInstrument = None,
    track: TracksRead = None,
    composer: ComposersRead = None,
    continuations: Continuations = False,
    given: GivenSeconds = 20.0,
    continued: ContinuedSeconds = 20.0,
    phrases: Phrases = 0,
    pauses: Pauses = False,
    memory: WithMemory = False,
    first_notes: FirstNotes = None,
    takes: Takes = 1,
    setting: PlayedBy = None,
    baseline_corpus: BaselineCorpora = None,
    cache: CacheFolder = None,
    as_json: AsJson = False,
    threads: Threads = 1,
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
