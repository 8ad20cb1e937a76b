"""The n-gram as an instrument, which predicts pieces and plays through the partner.

It has the methods of `antiphon.partner.line.predictor.NextNote`, so a continuation of the n-gram
is drawn by the same rules as one of a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import CorpusError
from antiphon.instrument import Biases, Controls, Scores
from antiphon_training.evaluation.ngram import Element, FieldGram, Floats, Ints, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.instrument.ask import Ask
    from antiphon.music.codecs.codec import Codec

PITCH, STEP, DURATION, VELOCITY = range(4)
CONTEXTS: dict[str, tuple[Element, ...]] = {
    "step": ((STEP, 4), (STEP, 1), (STEP, 2), (STEP, 3), (PITCH, 0), (PITCH, 1)),
    "duration": ((DURATION, 1), (STEP, 0), (DURATION, 2), (DURATION, 4)),
    "velocity": ((VELOCITY, 1), (VELOCITY, 2), (PITCH, 0), (PITCH, 1), (STEP, 0)),
}
"""The elements that predict a field best, the best first.

They were chosen by adding one element at a time, as long as piano rolls and pop songs that
were set aside became likelier. The contexts of other fields have their own field alone.
"""
ORDER = 6
"""Rows in the context of a field that has its own field alone."""

ASIDE = 20
"""The weights of the n-gram are chosen on one piece of so many."""
AT_ONCE = 1 << 20
"""Probabilities that are in memory at once, at most."""


def contexts_of(codec: Codec) -> list[tuple[Element, ...]]:
    """Return the elements of each field's contexts."""
    plain = [tuple((f, back) for back in range(1, ORDER + 1)) for f in range(len(codec.fields))]
    return [CONTEXTS.get(name, own) for name, own in zip(codec.fields, plain, strict=True)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn row, in the form of `antiphon.partner.line.predictor.Prediction`."""

    classes: NDArray[np.int32]
    within: NDArray[np.float32]
    log_probability: NDArray[np.float32]
    state: Ints


class NGramInstrument:
    """An n-gram for each field of a codec.

    Parameters
    ----------
    codec : Codec
        The codec of the classes.
    contexts : sequence of tuple of Element
        For each field.
    grams : sequence of FieldGram
        For each field.
    """

    def __init__(
        self, codec: Codec, contexts: Sequence[tuple[Element, ...]], grams: Sequence[FieldGram]
    ) -> None:
        self.codec = codec
        self._contexts = tuple(contexts)
        self._grams = tuple(grams)
        self._reach = reach(contexts)
        self._start = np.tile(np.array(codec.start, dtype=np.int64), (self._reach, 1))

    @classmethod
    def learn(cls, codec: Codec, pieces: Sequence[NDArray[np.int32]]) -> NGramInstrument:
        """Return the n-gram of pieces of classes, shape (rows, fields) each.

        Its weights are chosen on one piece of `ASIDE`, with the counts of all others.

        Raises
        ------
        CorpusError
            No piece has a row.
        """
        pieces = [piece for piece in pieces if len(piece)]
        if not pieces:
            raise CorpusError("The baseline has nothing to learn from; name another corpus.")
        contexts = contexts_of(codec)
        aside, rest = pieces[::ASIDE], [p for i, p in enumerate(pieces) if i % ASIDE]
        all_grams = []
        for field, elements in enumerate(contexts):
            radices = [codec.input_sizes[of] for of, _ in elements]
            size = codec.sizes[field]
            gram = count(*examples(codec, pieces, field, elements), size, radices)
            if rest:
                tried = count(*examples(codec, rest, field, elements), size, radices)
                tuned = tried.tuned(*_some(*examples(codec, aside, field, elements)))
                gram = gram.weighted(tuned.weights)
            all_grams.append(gram)
        return cls(codec, contexts, all_grams)

    def unigram(self) -> NGramInstrument:
        """Return its first order alone: how often each class occurs, whatever came before."""
        alone = [FieldGram(gram.size, gram.levels[:1]) for gram in self._grams]
        return NGramInstrument(self.codec, self._contexts, alone)

    def score(self, pieces: Sequence[NDArray[np.int32]], *, ranks: bool = False) -> list[Scores]:
        """Return the scores of each piece, as for an instrument file."""
        return [self._score(piece, ranks) for piece in pieces]

    def _score(self, piece: NDArray[np.int32], ranks: bool) -> Scores:
        nats = np.zeros(piece.shape, dtype=np.float32)
        places = np.zeros(piece.shape, dtype=np.int32)
        for field, (elements, gram) in enumerate(zip(self._contexts, self._grams, strict=True)):
            context, truth = examples(self.codec, [piece], field, elements)
            for part in _parts(len(piece), gram.size):
                shares = gram.shares(context[part])
                true = np.take_along_axis(shares, truth[part, None], axis=1)
                nats[part, field] = -np.log(true[:, 0])
                places[part, field] = np.count_nonzero(shares > true, axis=1)
        return Scores(nats, places if ranks else None)

    @property
    def window(self) -> None:
        """It keeps a state: the last rows."""
        return None

    def initial_state(self) -> Ints:
        """Return the rows before a piece: the codec's start row."""
        return self._start

    def read(self, state: Ints, classes: NDArray[np.int32]) -> list[Ints]:
        """Return the last rows after each of these classes."""
        return [state := self.prime(state, row) for row in classes]

    def prime(self, state: Ints, classes: NDArray[np.int32]) -> Ints:
        """Return the last rows after these classes."""
        rows = np.asarray(classes, dtype=np.int64).reshape(-1, len(self.codec.fields))
        return np.concatenate([state, rows])[-self._reach :]

    def step_batch(self, asks: Sequence[Ask]) -> list[Drawn]:
        """Answer several asks, one after the other."""
        return [self.step(ask) for ask in asks]

    def step(self, ask: Ask) -> Drawn:
        """Read one row, and draw the next as an instrument file does."""
        controls = ask.controls or Controls.of(fields=len(self.codec.fields))
        biases = ask.biases or Biases(self.codec)
        state = self.prime(ask.state, np.asarray(ask.previous))
        uniforms = np.asarray(ask.uniforms)
        rows = np.concatenate([state, np.zeros_like(state[:1])])
        within = np.zeros(len(rows[-1]), dtype=np.float32)
        logs = np.zeros_like(within)
        for field, (elements, gram) in enumerate(zip(self._contexts, self._grams, strict=True)):
            context = np.array([[rows[-1 - back, of] for of, back in elements]], dtype=np.int64)
            shares = gram.shares(context.reshape(1, -1))[0]
            drawn, place = draw(
                np.log(shares) / controls.temperature[field] + biases.rows[field][0],
                float(controls.min_p[field]),
                float(uniforms[field]),
            )
            rows[-1, field], within[field], logs[field] = drawn, place, np.log(shares[drawn])
        return Drawn(rows[-1].astype(np.int32), within, logs, state)


def draw(logits: Floats, min_p: float, uniform: float) -> tuple[int, float]:
    """Return a class, and the place inside it; the rule of docs/instrument-file.md."""
    weights = np.exp(logits - logits.max())
    weights[weights < min_p] = 0.0
    sums = np.cumsum(weights)
    wanted = uniform * sums[-1]
    chosen = min(int(np.searchsorted(sums, wanted, side="right")), int(np.flatnonzero(weights)[-1]))
    before = sums[chosen] - weights[chosen]
    return chosen, float((wanted - before) / weights[chosen])


def reach(contexts: Sequence[tuple[Element, ...]]) -> int:
    """Return how many rows back the farthest element is; at least one."""
    return max((back for elements in contexts for _, back in elements), default=1) or 1


def examples(
    codec: Codec,
    pieces: Sequence[NDArray[np.int32]],
    field: int,
    elements: Sequence[Element],
) -> tuple[Ints, Ints]:
    """Return the context of each row of pieces, and its class of one field.

    Returns
    -------
    int64 array, shape (rows, elements)
        The rows before a piece are the codec's start row.
    int64 array, shape (rows,)
    """
    padding = max((back for _, back in elements), default=0)
    start = np.tile(np.array(codec.start, dtype=np.int64), (padding, 1))
    contexts, truths = [], []
    for piece in pieces:
        rows = np.concatenate([start, piece])
        columns = [rows[padding - back : len(rows) - back, of] for of, back in elements]
        contexts.append(np.stack(columns, axis=1) if columns else np.zeros((len(piece), 0)))
        truths.append(piece[:, field])
    return np.concatenate(contexts).astype(np.int64), np.concatenate(truths).astype(np.int64)


def _some(context: Ints, truth: Ints, most: int = 20_000) -> tuple[Ints, Ints]:
    """Return rows spread evenly over all, at most about `most`."""
    every = -(-len(truth) // most) or 1
    return context[::every], truth[::every]


def _parts(rows: int, classes: int) -> Iterator[slice]:
    """Yield slices of rows whose probabilities fit into memory."""
    length = max(AT_ONCE // classes, 1)
    for first in range(0, rows, length):
        yield slice(first, first + length)
