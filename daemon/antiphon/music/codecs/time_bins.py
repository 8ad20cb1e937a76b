"""The 97 classes of time that codecs share, and how a time is drawn from one.

Edges lie at 5, 15 ... 95 ms, then 86 edges from 0.105 s to 10 s in geometric
progression; what is longer counts as the last class. All times are seconds.

Instruments depend on this table: it never changes (tests pin it).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIME_CLASSES = 97
EDGE_MARGIN = 1e-7
"""How far from an edge a decoded time stays, in seconds.

An onset is a sum on a clock that may have run for months; so close to an edge its
rounding (15 ns after three years) would change the class that is read back.
"""
LARGEST_WITHIN = 1.0 - 2.0**-24  # the last float32 below 1; graphs may round up to 1 itself


def time_edges() -> NDArray[np.float64]:
    """Return the 96 edges, in seconds, between the 97 classes of time."""
    near = np.arange(10) * 0.010 + 0.005
    far = 0.105 * (10.0 / 0.105) ** (np.arange(86) / 85.0)
    return np.concatenate([near, far])


class TimeBins:
    """Times to classes and back.

    Attributes
    ----------
    edges : float64 array, shape (96,)
        Between one class and the next.
    low, width : float64 array, shape (97,)
        The shortest time that a class decodes to, and how much longer it may be.
        The last class has no upper edge: it decodes to its lower one, 10 s.
    """

    def __init__(self) -> None:
        self.edges = time_edges()
        self.low = np.concatenate([[0.0], self.edges + EDGE_MARGIN])
        self.width = np.append(self.edges - EDGE_MARGIN - self.low[:-1], 0.0)
        # To look up one number is faster in lists.
        self._edges, self._low, self._width = (
            table.tolist() for table in (self.edges, self.low, self.width)
        )

    def index(self, seconds: float) -> int:
        """Return the class of one time."""
        return bisect_right(self._edges, seconds)

    def indices(self, seconds: NDArray[Any]) -> NDArray[np.intp]:
        """Return the class of each time; NaN sorts after every edge, as the last class."""
        return np.searchsorted(self.edges, seconds, side="right")

    def steps(self, onset: NDArray[np.float64], previous_onset: float | None) -> NDArray[np.intp]:
        """Return the class of the time between each onset and the one before.

        Without a previous onset the first step is 0.
        """
        first = onset[0] if previous_onset is None else previous_onset
        return self.indices(np.diff(onset, prepend=first))

    def seconds(self, indices: NDArray[Any], within: NDArray[Any]) -> NDArray[np.float64]:
        """Return a time for each class; `within` in [0, 1) places it inside."""
        times: NDArray[np.float64] = self.low[indices] + within * self.width[indices]
        return times

    def second(self, index: int, within: float) -> float:
        """Return a time of one class, as `seconds` does; the live side's short way."""
        return self._low[index] + float(within) * self._width[index]

    def range(self, index: int) -> tuple[float, float]:
        """Return the shortest and the longest time that a class decodes to."""
        low = float(self.low[index])
        return low, low + float(self.width[index])

    def edges_for_card(self) -> list[float]:
        """Return the edges as a card keeps them, to the nanosecond."""
        return [round(float(edge), 9) for edge in self.edges]


def inside(within: NDArray[Any]) -> NDArray[np.float64]:
    """Return places within classes, kept below 1 where rounding put them outside."""
    return np.clip(np.asarray(within, dtype=np.float64), 0.0, LARGEST_WITHIN)


def inside_one(within: float) -> float:
    """Return one place within a class, as `inside` does."""
    return min(max(float(within), 0.0), LARGEST_WITHIN)
