"""Measure how an instrument predicts selected pieces, beside an n-gram."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument import Predictor
from antiphon.wording import how_many
from antiphon_training.corpora.assemble import read_files
from antiphon_training.corpora.folder import Defect, list_files
from antiphon_training.evaluation.ngram_instrument import NGramInstrument
from antiphon_training.evaluation.prediction import Figures, figures
from antiphon_training.evaluation.report import Baseline, Report
from antiphon_training.evaluation.selection import Selection, baseline_pieces
from antiphon_training.evaluation.vocabulary import Outside, outside_vocabulary
from antiphon_training.kinds.registry import CODECS

if TYPE_CHECKING:
    from pathlib import Path

    from antiphon_training.corpora.piece import Reading

    Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Measured:
    """The prediction of some pieces by an instrument and by an n-gram.

    Attributes
    ----------
    predictor : Predictor
        The instrument.
    corpus : str
        The name of the corpus.
    pieces : sequence of int32 arrays, shape (rows, fields)
        The classes of the pieces that could be read.
    defects : sequence of Defect
        The files that could not be read.
    figures : Figures
        Those of the instrument.
    outside : Outside or None
        The words that its vocabulary does not have.
    chosen : str
        Why these pieces; see `Selection`.
    ngram, baseline : NGramInstrument or None, Baseline or None
        The n-gram, and its figures; None where no corpora were named for it.
    """

    predictor: Predictor
    corpus: str
    pieces: Sequence[NDArray[np.int32]]
    defects: Sequence[Defect]
    figures: Figures
    outside: Outside | None
    chosen: str = "listed"
    ngram: NGramInstrument | None = None
    baseline: Baseline | None = None

    @property
    def report(self) -> Report:
        """The report on the prediction alone."""
        return Report(
            instrument=self.predictor.card.name,
            codec=self.predictor.codec.name,
            corpus=self.corpus,
            chosen=self.chosen,
            figures=self.figures,
            outside=self.outside,
            defects=self.defects,
            baseline=self.baseline,
        )


def measure(
    predictor: Predictor,
    measured: Selection,
    reading: Reading,
    baseline_corpora: Sequence[str] = (),
    *,
    cache: Path | None = None,
    say: Say = lambda _: None,
) -> Measured:
    """Measure how an instrument predicts selected pieces.

    Parameters
    ----------
    predictor : Predictor
        The instrument.
    measured : Selection
        The files.
    reading : Reading
        The way of reading them.
    baseline_corpora : sequence of str
        The corpora that the n-gram learns from, without the measured pieces; no n-gram
        where it is empty.
    cache : Path, optional
        The folder of the cache; the user's own when not given.
    say : callable
        Shows a sentence to the user.

    Raises
    ------
    CorpusError
        No piece can be measured, or the n-gram has nothing to learn from.
    """
    codec = predictor.codec
    read, unreadable = read_files(measured.folder, measured.files, reading, cache)
    defects = [*measured.defects, *unreadable]
    pieces = [codec.encode(piece.notes) for piece in read]
    found = figures(predictor, pieces, ranks=True)
    ngram = baseline = None
    if baseline_corpora:
        learned = baseline_pieces(baseline_corpora, measured, predictor.card, codec, cache)
        rows = sum(map(len, learned))
        row = CODECS[codec.name].row
        say(f"teaching an n-gram {rows:,} {row}s of {how_many(len(learned), 'piece')}")
        ngram = NGramInstrument.learn(codec, learned)
        both = [figures(each, pieces, ranks=True) for each in (ngram, ngram.unigram())]
        names = tuple(list_files(folder).name for folder in baseline_corpora)
        baseline = Baseline(names, rows, *both)
    outside = outside_vocabulary(codec, [piece.notes for piece in read])
    return Measured(
        predictor,
        measured.name,
        pieces,
        defects,
        found,
        outside,
        measured.chosen,
        ngram,
        baseline,
    )
