"""A second implementation of how a note is drawn: in NumPy, in double precision.

It shares no code with the graph, so each can be tested against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.ask import Recall
    from antiphon_export.gate import Gate

CLEARANCE = 1e-4
"""The distance of a number from the limit of a class at which two precisions agree."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One class drawn.

    Attributes
    ----------
    chosen : int
        The class.
    within : float
        The place of the number within the range of the class, in [0, 1).
    log_probability : float
        Natural logarithm of its probability in the unchanged distribution.
    uniform : float
        The uniform number that drew it.
    start, end : float
        The range of numbers that draw this class.
    """

    chosen: int
    within: float
    log_probability: float
    uniform: float
    start: float
    end: float

    @property
    def clearance(self) -> float:
        """Distance of the number from one that draws another class."""
        return min(abs(self.uniform - self.start), abs(self.end - self.uniform))

    @property
    def middle(self) -> float:
        """The number in the middle of the range of this class."""
        return float(np.float32((self.start + self.end) / 2.0))


def reference_draw(
    logits: NDArray[Any], uniform: float, temperature: float, min_p: float, bias: NDArray[Any]
) -> Draw:
    """Return the draw of one uniform number from logits, shape (classes,)."""
    chances = _softmax(np.asarray(logits, float) / temperature + bias)
    chances = np.where(chances < min_p * chances.max(), 0.0, chances)
    chances /= chances.sum()
    ends = np.cumsum(chances)
    possible = np.flatnonzero(chances)
    place = int(np.searchsorted(ends[possible], uniform, side="right"))
    chosen = int(possible[min(place, len(possible) - 1)])
    start, end = float(ends[chosen] - chances[chosen]), float(ends[chosen])
    plain = _softmax(np.asarray(logits, float))
    return Draw(
        chosen,
        float(np.clip((uniform - start) / chances[chosen], 0.0, 1.0)),
        float(np.log(plain[chosen])),
        uniform,
        start,
        end,
    )


def clear_draw(
    logits: NDArray[Any], uniform: float, temperature: float, min_p: float, bias: NDArray[Any]
) -> Draw:
    """Return a draw that rounding cannot change, with the number moved if necessary.

    A number that is too near to the limit of a class is moved to the middle of the class,
    or, if that class is too narrow, to the middle of the widest one.
    """
    draw = reference_draw(logits, uniform, temperature, min_p, bias)
    if draw.clearance >= CLEARANCE:
        return draw
    draw = reference_draw(logits, draw.middle, temperature, min_p, bias)
    if draw.clearance >= CLEARANCE:
        return draw
    grid = np.linspace(0.0, 1.0, 2 * len(logits) + 1)[:-1]
    draws = (reference_draw(logits, float(u), temperature, min_p, bias) for u in grid)
    widest = max(draws, key=lambda d: d.end - d.start)
    return reference_draw(logits, widest.middle, temperature, min_p, bias)


def near_min_p(logits: NDArray[Any], temperature: float, min_p: float, bias: NDArray[Any]) -> bool:
    """Return whether rounding may change which classes min_p drops."""
    z = np.asarray(logits, float) / temperature + bias
    ratio = np.exp(z - z.max())
    return bool(min_p > 0.0 and np.any(np.abs(ratio / min_p - 1.0) < CLEARANCE))


def memory_log_ratio(
    gate: Gate, field: int, logits: NDArray[Any], drawn: Sequence[int], recall: Recall
) -> NDArray[np.float64]:
    """Return what a memory adds to the logits of a field, shape (classes,).

    Parameters
    ----------
    gate : Gate
        The tables of the memory.
    field : int
        The number of the field.
    logits : array, shape (classes,)
        Those of the network, before temperature and bias.
    drawn : sequence of int
        The classes of the fields before it.
    recall : Recall
        At least one candidate.
    """
    weights = gate.power[field].astype(float) * recall.weights
    for earlier, chosen in enumerate(drawn[:field]):
        table = gate.agree[earlier]
        distance = np.abs(recall.rows[:, earlier] - chosen).clip(max=len(table) - 1)
        weights += table[distance, field]
    shares = _softmax(weights)
    expected = shares @ gate.kernels[field][recall.rows[:, field]]
    plain = _softmax(np.asarray(logits, float))
    evidence = np.log(np.exp(weights - weights.max()).sum()) + weights.max()
    features = [
        (shares * recall.lengths).sum() / 8.0,
        shares.max(),
        np.clip(evidence / 5.0, -6.0, 6.0),
        -(plain * np.log(np.maximum(plain, 1e-300))).sum() / 2.0,
        np.log((plain * expected).sum() + 1e-4) / 4.0,
    ]
    hidden = np.tanh(features @ gate.gate_w1[field].astype(float) + gate.gate_b1[field])
    trusted = 1.0 / (1.0 + np.exp(-(hidden @ gate.gate_w2[field] + gate.gate_b2[field])))
    share = min(0.97 * recall.gain * trusted, 0.97)
    ratio: NDArray[np.float64] = np.log((1.0 - share) + share * expected / np.maximum(plain, 1e-20))
    return ratio


def _softmax(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities, shape (classes,)."""
    weight = np.exp(z - z.max())
    probabilities: NDArray[np.float64] = weight / weight.sum()
    return probabilities
