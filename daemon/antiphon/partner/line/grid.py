"""The player's beats, and where the next ones fall.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEMORY = 4.0
"""Beats after which an onset counts a third: players drift, and the next beat is what matters."""

_WIDTH = 0.06
"""How far from a beat an onset may lie and still be meant for it, in beats: 30 ms at 120."""

_OFFBEAT = 0.5
"""What an onset halfway between two beats speaks for them, beside one on a beat."""

_ROUNDING = 1e-6
"""In points of the grid: what is so close to one lies on it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Beats of one length, for ever in both directions.

    Attributes
    ----------
    beat : float
        How long a beat is.
    anchor : float
        When one of them falls.
    """

    beat: float
    anchor: float

    @classmethod
    def fitted(cls, onsets: NDArray[np.float64], beat: float) -> Grid:
        """Return the grid on which somebody played; `onsets` are sorted.

        The onset from which most others lie whole beats away is on a beat, and
        those that are meant for a beat say together when it falls.
        """
        if len(onsets) == 0:
            return cls(beat, 0.0)
        weight = np.exp((onsets - onsets[-1]) / (_MEMORY * beat))
        away = (onsets[None, :] - onsets[:, None]) / beat
        off = away - np.round(away)
        on_beat = _near(off)
        between = _near(np.abs(off) - 0.5)
        best = int(np.argmax((on_beat + _OFFBEAT * between) @ weight))
        share = on_beat[best] * weight
        shift = float(share @ off[best]) / float(share.sum())
        return cls(beat, float(onsets[best]) + shift * beat)

    def next(self, time: float, beats: float = 1.0) -> float:
        """Return the first point that is not before `time`, of those so many beats apart."""
        apart = beats * self.beat
        points = math.ceil((time - self.anchor) / apart - _ROUNDING)
        return self.anchor + points * apart


def _near(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    near: NDArray[np.float64] = np.exp(-0.5 * (beats / _WIDTH) ** 2)
    return near
