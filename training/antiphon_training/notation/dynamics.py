"""Dynamics from velocities, phrase by phrase, with hairpins where one grows into the next.

Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVELS = {"pp": 33, "p": 49, "mp": 64, "mf": 80, "f": 96, "ff": 112}
"""The velocity of each mark, as notation programs play them."""

STEP = 16.0
"""Velocities from one mark to the next."""

CHANGE = 3.0
"""The cost of a mark: a bar that is one level off costs 1."""

HEARD = 70.0
"""The percentile of a bar's velocities that is its own: of its louder notes, the melody's."""

LONGEST = 4
"""Bars of the longest hairpin."""

ON_THE_WAY = (0.25, 0.9)
"""A bar between two levels belongs to a hairpin from this share of the way on, up to that."""


@dataclass(frozen=True, slots=True)
class Hairpin:
    """A crescendo, or a diminuendo.

    Attributes
    ----------
    start, end : int
        Ticks.
    louder : bool
        Whether it is a crescendo.
    """

    start: int
    end: int
    louder: bool

    @property
    def kind(self) -> Literal["crescendo", "diminuendo"]:
        """Its name in MusicXML."""
        return "crescendo" if self.louder else "diminuendo"


def find_dynamics(
    starts: NDArray[np.int64],
    velocities: NDArray[np.uint8],
    spans: Sequence[tuple[int, int]],
) -> tuple[tuple[tuple[int, str], ...], tuple[Hairpin, ...]]:
    """Return the marks, each with the tick of its first note, and the hairpins.

    Where all velocities are the same nobody played them, and there is no mark.

    Parameters
    ----------
    starts : int array, shape (notes,)
        Ticks, ascending.
    velocities : uint8 array, shape (notes,)
        1 to 127.
    spans : sequence of (int, int)
        Where each bar begins and ends.
    """
    if len(velocities) == 0 or np.ptp(velocities) == 0:
        return (), ()
    edges = np.searchsorted(starts, [start for start, _ in spans])
    parts = zip(edges, np.append(edges[1:], len(starts)), strict=True)
    filled = [(first, last) for first, last in parts if last > first]
    heard = np.array([np.percentile(velocities[a:b], HEARD) for a, b in filled])
    begins = [int(starts[first]) for first, _ in filled]
    levels = _levels(heard)
    turns = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist()]
    names = list(LEVELS)
    marks = tuple((begins[bar], names[levels[bar]]) for bar in turns)
    spots = [hairpin for turn in turns[1:] if (hairpin := _hairpin(turn, heard, levels, begins))]
    return marks, tuple(spots)


def _levels(heard: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the level of each bar, 0 for pp: few changes, and near to what is heard."""
    wanted = np.array(list(LEVELS.values()))
    cost = np.abs(heard[:, None] - wanted) / STEP
    score, back = cost[0], []
    for now in cost[1:]:
        moved = score.min() + CHANGE
        back.append(np.where(score <= moved, np.arange(len(wanted)), score.argmin()))
        score = np.minimum(score, moved) + now
    path = [int(score.argmin())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return np.array(path[::-1])


def _hairpin(
    turn: int, heard: NDArray[np.float64], levels: NDArray[np.int64], begins: Sequence[int]
) -> Hairpin | None:
    """Return the hairpin that leads to a mark; None where the mark comes at once."""
    low, high = (list(LEVELS.values())[levels[bar]] for bar in (turn - 1, turn))
    way = (heard - low) / (high - low)
    first = turn
    while first > 0 and turn - first < LONGEST and levels[first - 1] == levels[turn - 1]:
        ahead = way[first] if first < turn else ON_THE_WAY[1]
        if not ON_THE_WAY[0] <= way[first - 1] <= ahead:
            break
        first -= 1
    return Hairpin(begins[first], begins[turn], bool(high > low)) if first < turn else None
