"""The numbers of a weighing as tables, for places that are compared many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.weighing import LONGEST

if TYPE_CHECKING:
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
    """

    def __init__(self, weighing: Weighing) -> None:
        self.theta = np.float32(weighing.theta)
        # Of a suffix of each length, at the same pitch and transposed, beside none at all.
        self._bonus = np.array([*weighing.exact, *weighing.shifted], dtype=np.float32)
        self._bonus -= np.float32(weighing.exact[0])
        ages = np.log1p(np.arange(AGES, 0, -1, dtype=np.float32) / AGE_UNIT)
        self.base = np.float32(weighing.recency * ages[0] - weighing.theta + weighing.exact[0])
        # Of the newest notes relative to those that are older than all these; a line that has
        # drawn n notes of its own finds everything n notes older.
        newest = np.float32(weighing.recency) * (ages - ages[0])
        self._newer = np.zeros((AGES + 1, AGES), dtype=np.float32)
        for drawn in range(AGES):
            self._newer[drawn, drawn:] = newest[: AGES - drawn]

    def suffix(self, lengths: NDArray[np.intp], shifts: NDArray[np.int16]) -> NDArray[np.float32]:
        """Return the weight of common suffixes, by their lengths and transpositions."""
        bonus: NDArray[np.float32] = self._bonus.take(lengths + (shifts != 0) * (LONGEST + 1))
        return bonus

    def newer(self, drawn: NDArray[np.intp], count: int) -> NDArray[np.float32]:
        """Return the weights of the newest `count` notes, at most `AGES`, the newest last.

        Shape (lines, count): each line has drawn so many notes after them.
        """
        return self._newer[np.minimum(drawn, AGES), AGES - count :]
