"""Measure how well an instrument predicts real notes, on the file that plays.

Each piece is read whole, from state zero and `codec.start`. A bias of `FORCE`
makes the graph choose the true class of every field, so `log_probability` is
that of the true note, each field given the true ones before it. Figures are in
nats (natural logarithm), per note.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.controls import FORCE
from antiphon.instrument.runtime import Graph, neutral_feeds, next_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.instrument.card import Card
    from antiphon.music.codecs.codec import Codec

UNCOUNTED_NOTES = 16
"""Notes at the beginning of a piece that held-out figures do not count."""


@dataclass(frozen=True, slots=True)
class Scores:
    """How well one piece was predicted.

    Attributes
    ----------
    nats : float32 array, shape (notes, fields)
        Minus the log-probability of each true class.
    ranks : int32 array, shape (notes, fields), or None
        How many classes were likelier than the true one.
    """

    nats: NDArray[np.float32]
    ranks: NDArray[np.int32] | None


def score_pieces(
    graph: Graph,
    card: Card,
    codec: Codec,
    pieces: Sequence[NDArray[np.int32]],
    *,
    ranks: bool = False,
    batch: int = 64,
) -> list[Scores]:
    """Return the scores of pieces of classes, each int32 of shape (notes, fields).

    Pieces are stepped together, `batch` at a time, the longest first: rows drop
    out as pieces end, so nothing is padded.
    """
    order = sorted(range(len(pieces)), key=lambda i: (-len(pieces[i]), i))
    scores: list[Scores | None] = [None] * len(pieces)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        group = _Batch(graph, card, codec, [pieces[i] for i in chosen], ranks)
        for index, score in zip(chosen, group.run(), strict=True):
            scores[index] = score
    return [score for score in scores if score is not None]


class _Batch:
    """Pieces that are stepped together, sorted from the longest to the shortest."""

    def __init__(
        self,
        graph: Graph,
        card: Card,
        codec: Codec,
        pieces: Sequence[NDArray[np.int32]],
        ranks: bool,
    ) -> None:
        self._graph = graph
        self._codec = codec
        self._pieces = pieces
        self._states = [tensor.name for tensor in card.state]
        self._outputs = [
            "log_probability",
            *map(next_name, self._states),
            *(["logits"] if ranks else []),
        ]
        size, fields = len(pieces), len(codec.fields)
        self._feeds: dict[str, NDArray[Any]] = {
            **neutral_feeds(card, graph, size),
            **{t.name: np.zeros((size, *t.shape), dtype=np.float32) for t in card.state},
            "previous": np.tile(np.array(codec.start, dtype=np.int32), (size, 1)),
            "uniform": np.full((size, fields), 0.5, dtype=np.float32),
            "temperature": np.ones((size, fields), dtype=np.float32),
            "min_p": np.zeros((size, fields), dtype=np.float32),
        }
        self._biases = [np.zeros((size, n), dtype=np.float32) for n in codec.sizes]
        for name, bias in zip(codec.fields, self._biases, strict=True):
            self._feeds[f"bias_{name}"] = bias
        self._nats = [np.zeros((len(p), fields), dtype=np.float32) for p in pieces]
        self._ranks = [np.zeros((len(p), fields), dtype=np.int32) for p in pieces] if ranks else []

    def run(self) -> list[Scores]:
        """Step through all pieces at once."""
        lengths = np.array([len(piece) for piece in self._pieces])
        for at in range(int(lengths.max(initial=0))):
            playing = int(np.count_nonzero(lengths > at))
            truth = np.stack([piece[at] for piece in self._pieces[:playing]])
            self._step(at, truth)
        return [
            Scores(nats, self._ranks[i] if self._ranks else None)
            for i, nats in enumerate(self._nats)
        ]

    def _step(self, at: int, truth: NDArray[np.int32]) -> None:
        """Score note number `at` of the pieces that have one, and read it."""
        rows = np.arange(len(truth))
        for field, bias in enumerate(self._biases):
            bias[rows, truth[:, field]] = FORCE
        if len(truth) < len(self._feeds["previous"]):
            self._feeds = {name: value[: len(truth)] for name, value in self._feeds.items()}
        log_probability, *after = self._graph.run(self._outputs, self._feeds)
        for field, bias in enumerate(self._biases):
            bias[rows, truth[:, field]] = 0.0
        for row, nats in enumerate(log_probability):
            self._nats[row][at] = -nats
        if self._ranks:
            self._rank(at, truth, after.pop())
        self._feeds.update(zip(self._states, after, strict=True))
        self._feeds["previous"] = truth

    def _rank(self, at: int, truth: NDArray[np.int32], logits: NDArray[np.float32]) -> None:
        """Count the classes that were likelier than the true one."""
        bounds = np.cumsum((0, *self._codec.sizes))
        for field, (low, high) in enumerate(itertools.pairwise(bounds)):
            part = logits[:, low:high]
            true = np.take_along_axis(part, truth[:, field : field + 1], axis=1)
            for row, count in enumerate(np.count_nonzero(part > true, axis=1)):
                self._ranks[row][at, field] = count
