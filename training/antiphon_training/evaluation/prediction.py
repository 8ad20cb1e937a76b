"""Figures of an instrument's predictions of held-out music: nats and accuracy.

The .onnx file itself is measured, with the scoring of the live side. Each piece is read
whole, from a state of zeros and the codec's start row; its first `UNCOUNTED_NOTES` rows are
read but not counted. A row is a note, or in the symbols codec a word. Figures are means over
all counted rows of all pieces; each field is predicted from the true fields before it. The
held-out figures of a card come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from antiphon.errors import CorpusError
from antiphon.instrument import UNCOUNTED_NOTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument import Scores
    from antiphon.music.codecs.codec import Codec

DECIMALS = 4
TOP = 5


class Scorer(Protocol):
    """An instrument or a baseline, which gives every class a probability."""

    @property
    def codec(self) -> Codec:
        """The codec of its classes."""

    def score(
        self, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False
    ) -> Sequence[Scores]:
        """Return the scores of each piece."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an instrument on some pieces.

    Attributes
    ----------
    nats : dict of str to float
        Nats a row by field, and their `total`. Lower is better.
    notes, files : int
        Numbers of rows and pieces that were counted.
    accuracy, top5 : dict of str to float, or None
        By field, the share of rows whose true class was the likeliest, or among the `TOP`
        likeliest; None where ranks were not requested.
    """

    nats: dict[str, float]
    notes: int
    files: int
    accuracy: dict[str, float] | None = None
    top5: dict[str, float] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON values, rounded, as in a card."""
        values: dict[str, Any] = {
            "nats": rounded(self.nats),
            "notes": self.notes,
            "files": self.files,
        }
        if self.accuracy is not None and self.top5 is not None:
            values |= {"accuracy": rounded(self.accuracy), "top5": rounded(self.top5)}
        return values


def figures(
    instrument: Scorer, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False
) -> Figures:
    """Return the figures of an instrument on pieces of classes, shape (rows, fields) each.

    With `ranks` they include accuracy and top 5.

    Raises
    ------
    CorpusError
        No piece is longer than `UNCOUNTED_NOTES`.
    """
    import numpy as np

    scores = instrument.score(pieces, ranks=ranks)
    counted = [score for score in scores if len(score.nats) > UNCOUNTED_NOTES]
    if not counted:
        raise CorpusError(
            f"No piece is longer than the {UNCOUNTED_NOTES} notes that are not counted; "
            "name longer ones."
        )
    fields = instrument.codec.fields
    nats = np.concatenate([score.nats[UNCOUNTED_NOTES:] for score in counted])
    means = nats.mean(axis=0, dtype=np.float64)
    found = {**_by_field(fields, means), "total": float(means.sum())}
    if not ranks:
        return Figures(found, len(nats), len(counted))
    places = np.concatenate([s.ranks[UNCOUNTED_NOTES:] for s in counted if s.ranks is not None])
    return Figures(
        found,
        len(nats),
        len(counted),
        accuracy=_by_field(fields, (places == 0).mean(axis=0)),
        top5=_by_field(fields, (places < TOP).mean(axis=0)),
    )


def rounded(values: dict[str, float]) -> dict[str, float]:
    """Return figures rounded to `DECIMALS`."""
    return {name: round(value, DECIMALS) for name, value in values.items()}


def _by_field(fields: Sequence[str], values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(fields, map(float, values), strict=True))
