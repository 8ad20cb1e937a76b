"""The numbers of a weighing as tables, for places that are compared many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.instrument.weighing import LONGEST
from antiphon.partner.memory.trail import MOST_DRAWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.instrument.weighing import Weighing

AGES = 64
"""Older notes count as this old."""

AGE_UNIT = 16.0

OWN = float(np.log(0.5))
"""The partner's own notes weigh half of the player's."""

LEAST_SHIFTED = 3
"""A transposition counts from so many notes on."""

NOWHERE = np.float32(-1e4)
"""The logarithm of the weight of a place that nothing follows on."""


class Weights:
    """How places are weighed.

    Parameters
    ----------
    weighing : Weighing
        That of the instrument.

    Attributes
    ----------
    theta : float32
        Of the cosine of two keys.
    base : float32
        Of a place with no suffix in common, as old as any, were its key the same; less `theta`.
    drawn : float32 array, shape (MOST_DRAWN,)
        The same of the last places that a line has drawn itself, as old as they are.
    """

    def __init__(self, weighing: Weighing) -> None:
        self.theta = np.float32(weighing.theta)
        # Of a suffix of each length, at the same pitch and transposed, beside none at all.
        self._bonus = np.array([*weighing.exact, *weighing.shifted], dtype=np.float32)
        self._bonus -= np.float32(weighing.exact[0])
        ages = np.log1p(np.arange(AGES, 0, -1, dtype=np.float32) / AGE_UNIT)
        self.base = np.float32(weighing.recency * ages[0] - weighing.theta + weighing.exact[0])
        # Of the newest notes relative to those that are older than all these.
        newest = np.float32(weighing.recency) * (ages - ages[0])
        self._newer = np.zeros((AGES + 1, AGES), dtype=np.float32)
        for drawn in range(AGES):
            self._newer[drawn, drawn:] = newest[: AGES - drawn]
        self.drawn = np.full(MOST_DRAWN, self.base + np.float32(OWN), dtype=np.float32)
        self.drawn[-AGES:] += newest

    def suffix(
        self, lengths: NDArray[np.intp], shifts: NDArray[np.signedinteger[Any]]
    ) -> NDArray[np.float32]:
        """Return the weight of common suffixes, by their lengths and transpositions."""
        bonus: NDArray[np.float32] = self._bonus.take(lengths + (shifts != 0) * (LONGEST + 1))
        return bonus

    def newer(self, drawn: Sequence[int], count: int) -> NDArray[np.float32]:
        """Return the weights of the newest `count` notes, at most `AGES`, the newest last.

        Shape (lines, count), or (count,) where all lines are alike: each has drawn so many
        notes of its own after them.
        """
        if min(drawn) == max(drawn):
            return self._newer[min(drawn[0], AGES), AGES - count :]
        return self._newer[np.minimum(drawn, AGES), AGES - count :]
