"""What each step of `antiphon learn` does, by the functions of the single commands."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from antiphon.cli.compose import composing
from antiphon.errors import AntiphonError, CorpusError, TrainingError
from antiphon.whole_file import whole_file
from antiphon_training.commands.progress import counting, parsing
from antiphon_training.commands.train import TrainOrder, run
from antiphon_training.corpora.corpus import nothing_to_learn_from, read_corpus
from antiphon_training.corpora.folder import list_files
from antiphon_training.corpora.report import report, report_lines
from antiphon_training.fitting.native_messages import native_messages_to
from antiphon_training.notation.engraving import pages_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import Progress

    from antiphon.cli.verbosity import Verbosity
    from antiphon.instrument import Predictor
    from antiphon.sections import Settings
    from antiphon_export.learning.order import LearnOrder
    from antiphon_training.evaluation.report import Report
    from antiphon_training.recipe import Recipe

MEASURED = 20
"""Pieces of each corpus that are measured; `antiphon evaluate` measures all."""


def look(
    order: LearnOrder, recipe: Recipe, verbosity: Verbosity, bar: Progress | None = None
) -> None:
    """Report on the corpora."""
    lines: list[str] = []
    for named in order.corpora:
        reading = recipe.reading(Path(named).resolve().name)
        with parsing(Path(named).name, verbosity.quiet, bar) as progress:
            loaded = read_corpus(
                named,
                reading,
                composers=recipe.corpus.composers or None,
                cache=order.cache,
                progress=progress,
            )
        if not loaded.files:
            raise nothing_to_learn_from(loaded)
        lines += report_lines(report(loaded, reading.tracks))
    _show(order.report, lines)


def fit(order: LearnOrder, verbosity: Verbosity, bar: Progress | None = None) -> None:
    """Start the training, or resume it."""
    asked = TrainOrder(
        corpora=order.corpora,
        out=order.run,
        recipe=order.recipe,
        composers=order.composers or None,
        quick=order.quick,
        hours=order.hours,
        cache=order.cache,
    )
    done, _ = run(asked, verbosity, bar=bar)
    if done["best_valid_loss"] is None:
        raise TrainingError("No epoch was trained, since no hours were left; give it more --hours.")


def export(order: LearnOrder, verbosity: Verbosity, _: Progress | None = None) -> None:
    """Make the instrument's file, and prove that it plays as the network."""
    with native_messages_to(None if verbosity.verbose else Path(os.devnull)):
        import keras

        from antiphon_export.build import Order, build

        asked = Order(
            order.run,
            order.instrument,
            "auto",
            order.instrument_name,
            order.licence,
            measure=False,  # the next step measures
            remembers=order.memory,
        )
        # A step is too small for a graphics card, and the proof is for the processor.
        with keras.device("cpu:0"):
            build(asked, verbosity.say)


def evaluate(order: LearnOrder, verbosity: Verbosity, _: Progress | None = None) -> None:
    """Measure the instrument on pieces that it did not learn from, beside the n-gram."""
    from antiphon.instrument import Predictor

    predictor = Predictor(order.instrument)
    lines: list[str] = []
    for named in order.corpora:
        try:
            lines += [*_measured(predictor, named, order, verbosity), ""]
        except CorpusError as error:  # too few or too short pieces, but an instrument all the same
            lines += [f"{Path(named).name} was not measured. {error}", ""]
    _show(order.evaluation, lines)


def _measured(
    predictor: Predictor, named: str, order: LearnOrder, verbosity: Verbosity
) -> Iterator[str]:
    """Yield the lines of the report on one corpus."""
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.evaluation.measuring import measure
    from antiphon_training.evaluation.selection import composers_of, select, tracks_of
    from antiphon_training.evaluation.unlearned import Learned

    card, name = predictor.card, list_files(named).name
    reading = Reading.for_codec(predictor.codec, tracks_of(card, name))
    learned = Learned.of(card, name)
    selected = select(
        named, reading, composers=composers_of(card, name), cache=order.cache, learned=learned
    )
    if selected.note:
        yield f"{selected.note}."
    every = -(-len(selected.files) // MEASURED) or 1
    some = replace(selected, files=selected.files[::every])
    if every > 1:
        yield f"To save time, {len(some.files)} of these {len(selected.files)} are measured here."
    found = measure(predictor, some, reading, [named], cache=order.cache, say=verbosity.say)
    yield from found.report.lines()
    yield from _advice(found.report)


def _advice(found: Report) -> Iterator[str]:
    """Yield what helps where counting alone does as well as the network."""
    ngram = found.baseline
    if ngram is not None and found.figures.nats["total"] >= ngram.figures.nats["total"]:
        yield ""
        yield (
            f"The n-gram, which only counts what follows what, guesses no worse than "
            f"{found.instrument}: {ngram.notes_learned:,} {found.unit}s are few to learn from. "
            "More pieces help most."
        )


def compose(
    order: LearnOrder,
    settings: Settings,
    pieces: Sequence[Path],
    verbosity: Verbosity,
    bar: Progress | None = None,
) -> None:
    """Compose a piece after a stretch of a piece that was not trained on."""
    from antiphon.compose import Wish
    from antiphon.compose import compose as compose_piece

    wish = Wish(
        seed_from="validation",
        out=tuple(pieces),
        seconds=order.seconds,
        notes=order.notes,
        temperature=order.temperature,
        run=order.run,
    )
    for before in [page for path in pieces for page in pages_at(path)]:
        before.unlink()  # another piece may have another number of pages
    with _drawing(order, verbosity, bar) as progress:
        compose_piece(wish, settings, say=verbosity.say, progress=progress)


@contextmanager
def _drawing(
    order: LearnOrder, verbosity: Verbosity, bar: Progress | None
) -> Iterator[Callable[[int], None] | None]:
    """Show how many notes, or words, are drawn."""
    if bar is None:
        with composing(order.notes, quiet=verbosity.quiet) as progress:
            yield progress
        return
    with counting(bar, "composing") as count:
        yield lambda done: count(done, order.notes)


def _show(path: Path, lines: Sequence[str]) -> None:
    """Print lines, and write them to a file."""
    text = "\n".join(lines).rstrip() + "\n"
    typer.echo(text, nl=False)
    try:
        with whole_file(path) as unfinished:
            unfinished.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise AntiphonError(f"{path} cannot be written: {error.strerror or error}.") from error
