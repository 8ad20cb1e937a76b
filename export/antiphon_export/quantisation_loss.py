"""The loss by int8: a quantised file compared with the same file in fp32."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.predictor import Predictor

from antiphon.instrument.ask import Ask

_SEED = 21


@dataclass(frozen=True, slots=True)
class QuantisationLoss:
    """The differences between two files.

    Attributes
    ----------
    alike : float
        The probability that both have in common, 0 to 1: the share of notes that could be
        the same in all fields, when both files read the same notes. The mean over notes of
        the product over fields of sum min(p, q).
    same_notes : float
        The share of notes that are the same in all fields, when both also draw with the
        same random numbers. It is lower than `alike`, and the more so the more classes
        there are: a number picks the class whose cumulated probability it falls into, so a
        little probability that moves to a distant class moves all between.
    nats : float
        Nats a note by which the second predicts the given notes worse.
    """

    alike: float
    same_notes: float
    nats: float


def compare_files(
    first: Predictor, second: Predictor, pieces: Sequence[NDArray[np.int32]], steps: int
) -> QuantisationLoss:
    """Return the differences between two files of one instrument.

    Parameters
    ----------
    first, second : Predictor
        The file in fp32, and in int8.
    pieces : sequence of int32 arrays, shape (notes, fields)
        The notes to predict; without any, the notes that `first` draws.
    steps : int
        The number of notes to draw.
    """
    rng = np.random.default_rng(_SEED)
    states = [first.initial_state(), second.initial_state()]
    row: NDArray[np.int32] = np.array(first.codec.start, dtype=np.int32)
    drawn, same, alike = [], 0, 0.0
    for _ in range(steps):
        uniforms = rng.random(len(row), dtype=np.float32)
        one, other = (
            player.step(Ask(state, row, uniforms))
            for player, state in zip((first, second), states, strict=True)
        )
        chances = (
            probabilities(player.logits(state, row, one.classes)[0], first.codec.sizes)
            for player, state in zip((first, second), states, strict=True)
        )
        alike += math.prod(float(np.minimum(p, q).sum()) for p, q in zip(*chances, strict=True))
        states = [one.state, other.state]
        same += int(np.array_equal(one.classes, other.classes))
        row = one.classes
        drawn.append(row)
    heard = [piece for piece in pieces if len(piece)] or [np.stack(drawn)]
    nats = [
        float(np.mean([score.nats.sum(axis=1).mean() for score in player.score(heard)]))
        for player in (first, second)
    ]
    return QuantisationLoss(alike / steps, same / steps, nats[1] - nats[0])


def probabilities(logits: NDArray[np.float32], sizes: Sequence[int]) -> list[NDArray[np.float64]]:
    """Return the probabilities of the classes of each field, from the logits of all."""
    fields = np.split(logits.astype(np.float64), np.cumsum(sizes)[:-1])
    weights = [np.exp(field - field.max()) for field in fields]
    return [weight / weight.sum() for weight in weights]
