"""How a note is drawn, told a second time: in NumPy, in double precision.

It shares no code with the graph, so that one can be tested against the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEARANCE = 1e-4
"""How far from a decision a number must be for two precisions to agree on it."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One class drawn.

    Attributes
    ----------
    chosen : int
        The class.
    within : float
        The place inside its probability, in [0, 1).
    log_probability : float
        Its natural logarithm under the plain distribution.
    uniform : float
        The number that drew it.
    start, end : float
        All numbers between these two draw this class.
    """

    chosen: int
    within: float
    log_probability: float
    uniform: float
    start: float
    end: float

    @property
    def clearance(self) -> float:
        """How far the number is from drawing another class."""
        return min(abs(self.uniform - self.start), abs(self.end - self.uniform))

    @property
    def middle(self) -> float:
        """The number that draws this class most surely."""
        return float(np.float32((self.start + self.end) / 2.0))


def reference_draw(
    logits: NDArray[Any], uniform: float, temperature: float, min_p: float, bias: NDArray[Any]
) -> Draw:
    """Return what one uniform number draws from logits, shape (classes,)."""
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
    """Return a draw that no rounding decides, from a number moved where need be.

    A number too near to a border goes to the middle of its class, and where that
    class is too narrow itself, to the middle of the widest.
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
    """Return whether rounding may decide if some class is dropped by min_p."""
    z = np.asarray(logits, float) / temperature + bias
    ratio = np.exp(z - z.max())
    return bool(min_p > 0.0 and np.any(np.abs(ratio / min_p - 1.0) < CLEARANCE))


def _softmax(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities, shape (classes,)."""
    weight = np.exp(z - z.max())
    probabilities: NDArray[np.float64] = weight / weight.sum()
    return probabilities
