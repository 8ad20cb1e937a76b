"""Score pieces with a memory that begins empty with each piece, on the file that plays.

As in `antiphon.instrument.scoring`, a bias makes the graph choose the true classes, so
that the log-probability is that of the true note; here the memory is mixed in. Before
each note, all earlier ones of the piece are remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from antiphon.instrument import Biases, Predictor, Scores
from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import FORCE
from antiphon.instrument.weighing import LONGEST
from antiphon.partner.line.mixture import log_mixed
from antiphon.partner.memory.fields import FieldMemory
from antiphon.partner.memory.trail import NO_KEY, Trail
from antiphon.partner.memory.words import WordMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.weighing import Weighing
    from antiphon.instrument.word_weighing import WordWeighing
    from antiphon.music.codecs.codec import Codec
    from antiphon.partner.line.codecs import WordCodec

AT_ONCE = 32
"""Pieces that are stepped together."""


@dataclass(frozen=True)
class RememberingScorer:
    """An instrument with its memory, as a scorer of pieces.

    Attributes
    ----------
    predictor : Predictor
        The instrument, which can take up what is remembered.
    gain : float
        How much the memory counts; 1 is as fitted.
    """

    predictor: Predictor
    gain: float = 1.0

    @property
    def codec(self) -> Codec:
        """The codec of its classes."""
        return self.predictor.codec

    def score(self, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False) -> list[Scores]:
        """Return the scores of each piece, without ranks."""
        del ranks
        return score_with_memory(self.predictor, pieces, self.gain)


def score_with_memory(
    predictor: Predictor, pieces: Sequence[NDArray[np.int32]], gain: float = 1.0
) -> list[Scores]:
    """Return how well each piece is predicted with a memory of its own notes.

    Parameters
    ----------
    predictor : Predictor
        The instrument; one without a memory scores as it always does.
    pieces : sequence of int32 array, shape (notes, fields)
        Their classes.
    gain : float
        How much the memory counts.
    """
    if predictor.word_weighing is not None:
        return _with_words(predictor, predictor.word_weighing, pieces, gain)
    weighing = predictor.weighing
    if weighing is None:
        return predictor.score(pieces)
    order = sorted(range(len(pieces)), key=lambda i: (-len(pieces[i]), i))
    scores: dict[int, Scores] = {}
    for first in range(0, len(order), AT_ONCE):
        chosen = order[first : first + AT_ONCE]
        group = [_Piece(predictor, weighing, pieces[i], gain) for i in chosen]
        for at in range(len(pieces[chosen[0]])):
            playing = [piece for piece in group if at < len(piece.rows)]
            drawn = predictor.step_batch([piece.ask(at) for piece in playing])
            for piece, prediction in zip(playing, drawn, strict=True):
                piece.take(at, prediction)
        scores |= {i: Scores(one.nats, None) for i, one in zip(chosen, group, strict=True)}
    return [scores[i] for i in range(len(pieces))]


def _with_words(
    predictor: Predictor,
    weighing: WordWeighing,
    pieces: Sequence[NDArray[np.int32]],
    gain: float,
) -> list[Scores]:
    """Return the scores of pieces of words: what is remembered is mixed in after the graph."""
    scores = []
    for rows, plain in zip(pieces, predictor.score(pieces), strict=True):
        memory = WordMemory(weighing, cast("WordCodec", predictor.codec), max(len(rows), 1), gain)
        nats = plain.nats.copy()
        for at, row in enumerate(rows):
            recalled = memory.recall(Trail.of(rows[max(at - LONGEST, 0) : at]))
            if recalled is not None:
                nats[at] = -log_mixed(recalled, int(row[0]), -float(plain.nats[at, 0]))
            memory.add(row, NO_KEY, joins=at > 0)
        scores.append(Scores(nats, None))
    return scores


class _Piece:
    """One piece that is stepped, and what is remembered of it."""

    def __init__(
        self, predictor: Predictor, weighing: Weighing, rows: NDArray[np.int32], gain: float
    ) -> None:
        codec = predictor.codec
        self.rows = rows
        self.nats = np.zeros(rows.shape, dtype=np.float32)
        self._memory = FieldMemory(weighing, codec.sizes, max(len(rows), 1), gain)
        self._trail: Trail | None = None
        self._state = predictor.initial_state()
        self._previous = np.array(codec.start, dtype=np.int32)
        self._uniforms = np.full(len(codec.fields), 0.5, dtype=np.float32)
        self._biases = Biases(codec)

    def ask(self, at: int) -> Ask:
        """Return the call that predicts note number `at`."""
        for bias, true in zip(self._biases.rows, self.rows[at], strict=True):
            bias[0] = 0.0
            bias[0, true] = FORCE
        recalled = None if self._trail is None else self._memory.recall(self._trail)
        return Ask(
            self._state, self._previous, self._uniforms, biases=self._biases, memory=recalled
        )

    def take(self, at: int, prediction: Any) -> None:
        """Keep what was predicted, and remember the true note."""
        row = self.rows[at]
        self.nats[at] = -prediction.log_probability
        # A new trail each time: what it has drawn would be found there, and in the memory.
        self._trail = Trail.of(self.rows[: at + 1], prediction.key)
        self._memory.add(row, prediction.key, joins=at > 0)
        self._state, self._previous = prediction.state, row
