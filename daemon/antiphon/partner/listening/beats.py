"""Beats: how long they are, when they fall, and how sure that is.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-6
"""In points of the grid: what is so close to one lies on it."""


@dataclass(frozen=True, slots=True)
class Beats:
    """Beats of one length, for ever in both directions.

    Attributes
    ----------
    period : float
        How long a beat is.
    anchor : float
        When one of them falls.
    confidence : float
        How sure that is, from 0 (a guess) to 1 (a clock).
    given : bool
        Whether a clock gives them, so that they are not to be corrected.
    """

    period: float
    anchor: float
    confidence: float = 1.0
    given: bool = False

    def next(self, time: float, beats: float = 1.0) -> float:
        """Return the first point that is not before `time`, of those so many beats apart."""
        apart = beats * self.period
        points = math.ceil((time - self.anchor) / apart - _ROUNDING)
        return self.anchor + points * apart
