"""Nats of whole pieces and of their second halves, with a memory of the piece and without.

A memory of what was played makes a piece likelier the longer it lasts, so the second
halves say more of it than the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument import UNCOUNTED_NOTES
from antiphon_training.evaluation.memory_scores import RememberingScorer
from antiphon_training.evaluation.prediction import rounded
from antiphon_training.evaluation.table import row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from numpy.typing import NDArray

    from antiphon.instrument import Predictor
    from antiphon_training.evaluation.prediction import Scorer


@dataclass(frozen=True, slots=True)
class Halves:
    """Nats a row by field, and their `total`.

    Attributes
    ----------
    whole : dict of str to float
        Of whole pieces, from row `UNCOUNTED_NOTES` on.
    second_halves : dict of str to float
        Of the second half of the rows of each piece.
    """

    whole: dict[str, float]
    second_halves: dict[str, float]

    @classmethod
    def of(cls, scorer: Scorer, pieces: Sequence[NDArray[np.int32]]) -> Halves:
        """Return the nats of pieces of classes, shape (rows, fields) each.

        At least one piece has more than `UNCOUNTED_NOTES` rows.
        """
        scores = [s.nats for s in scorer.score(pieces) if len(s.nats) > UNCOUNTED_NOTES]
        later = [nats[max(len(nats) // 2, UNCOUNTED_NOTES) :] for nats in scores]
        fields = scorer.codec.fields
        return cls(
            _means(fields, [nats[UNCOUNTED_NOTES:] for nats in scores]), _means(fields, later)
        )

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Return the nats as JSON values, rounded."""
        return {"whole": rounded(self.whole), "second_halves": rounded(self.second_halves)}


@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """What a memory of the piece is worth.

    Attributes
    ----------
    first_notes : int or None
        Only so many rows of each piece were read; None for all.
    without : Halves
        The instrument alone.
    with_memory : Halves or None
        The instrument with its memory; None where it has none.
    """

    first_notes: int | None
    without: Halves
    with_memory: Halves | None

    @classmethod
    def measured(
        cls,
        instrument: Scorer,
        remembering: Scorer | None,
        pieces: Sequence[NDArray[np.int32]],
        first_notes: int | None = None,
    ) -> Self:
        """Return the figures of an instrument, without and with its memory.

        Parameters
        ----------
        instrument : Scorer
            The instrument alone.
        remembering : Scorer, optional
            The same with a memory that begins empty with each piece.
        pieces : sequence of int32 array, shape (rows, fields)
            Their classes.
        first_notes : int, optional
            Only so many rows of each piece are read.
        """
        read = [piece[:first_notes] for piece in pieces]
        alone = Halves.of(instrument, read)
        kept = None if remembering is None else Halves.of(remembering, read)
        return cls(first_notes, alone, kept)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "first_notes": self.first_notes,
            "without_memory": self.without.as_dict(),
            "with_memory": self.with_memory and self.with_memory.as_dict(),
        }

    def lines(self, unit: str) -> Iterator[str]:
        """Yield the lines of a table; `unit` is a row of the codec in words."""
        read = (
            f"the first {self.first_notes:,} {unit}s of each piece"
            if self.first_notes
            else "pieces"
        )
        yield f"nats a {unit}, memory of the piece; {read}"
        columns = [self.without] + ([self.with_memory] if self.with_memory else [])
        yield row("", ["without", "with memory"][: len(columns)])
        for label, part in (("whole pieces", "whole"), ("second halves", "second_halves")):
            yield row(label, [f"{getattr(column, part)['total']:.3f}" for column in columns])


def remembering(predictor: Predictor) -> Scorer | None:
    """Return an instrument with its memory; None where it has none."""
    if predictor.weighing is None and predictor.word_weighing is None:
        return None
    return RememberingScorer(predictor)


def _means(fields: Sequence[str], parts: Sequence[NDArray[np.float32]]) -> dict[str, float]:
    means = np.concatenate(parts).mean(axis=0, dtype=np.float64)
    return {**dict(zip(fields, map(float, means), strict=True)), "total": float(means.sum())}
