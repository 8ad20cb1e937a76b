"""The loss by int8: a quantised file compared with the same file in fp32."""

from __future__ import annotations

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
    same_notes : float
        The share of notes that are the same in all fields, when both files read the
        same notes and draw with the same random numbers.
    nats : float
        Nats a note by which the second predicts the given notes worse.
    """

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
    drawn, same = [], 0
    for _ in range(steps):
        uniforms = rng.random(len(row), dtype=np.float32)
        one, other = (
            player.step(Ask(state, row, uniforms))
            for player, state in zip((first, second), states, strict=True)
        )
        states = [one.state, other.state]
        same += int(np.array_equal(one.classes, other.classes))
        row = one.classes
        drawn.append(row)
    heard = [piece for piece in pieces if len(piece)] or [np.stack(drawn)]
    nats = [
        float(np.mean([score.nats.sum(axis=1).mean() for score in player.score(heard)]))
        for player in (first, second)
    ]
    return QuantisationLoss(same / steps, nats[1] - nats[0])
