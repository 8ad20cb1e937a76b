"""Where in the music a line is, and how far it may go: values that improvisers share.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.partner.line.predictor import State


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """All that the next note depends on, as a value.

    Attributes
    ----------
    state : State
        The instrument's, before `row` is read.
    row : int32 array, shape (fields,)
        The classes of the last row.
    onset : float
        When it began.
    without : tuple of int
        Pitches that the next note must not have.
    """

    state: State
    row: NDArray[np.int32]
    onset: float
    without: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the next note must keep to.

    Attributes
    ----------
    earliest, latest : float
        When it may begin.
    gap : float
        The note after it begins no later than this after it.
    end : float
        None begins after this.
    """

    earliest: float
    latest: float
    gap: float
    end: float
