"""Musical rules, as biases on the next note's logits.

A rule knows no model, and a model knows no rule. Rules of time work on the
classes of a step, the time since the last onset: a class goes when it lies
wholly outside of what is allowed, and the note drawn is moved inside.

A pitch that still sounds is not ruled out: to strike it again is music, and the
scheduler ends the old note first. Only the same pitch twice at once, a flam, is:
pitches are drawn before steps, so it is noticed after the draw, and drawn anew
`Without` that pitch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from antiphon.instrument.controls import FORBID, Biases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note
    from antiphon.partner.codecs import FieldCodec


@dataclass(frozen=True, slots=True)
class Moment:
    """What a rule may look at, in seconds.

    Attributes
    ----------
    previous : float
        The onset that the step is counted from.
    earliest, latest : float
        When the note may start.
    """

    previous: float
    earliest: float
    latest: float


class Constraint(Protocol):
    """A musical rule, as a bias on the next note's logits."""

    def bias(self, moment: Moment, out: Biases) -> None:
        """Add this rule's bias to `out` in place; must not block."""


class StepTable:
    """The bounds of the codec's classes of time.

    Attributes
    ----------
    low, high : float64 array, shape (classes,)
        The last class has no upper bound.
    """

    def __init__(self, codec: FieldCodec) -> None:
        bounds = np.array([codec.time_range(index) for index in range(codec.sizes[1])])
        # The codec keeps what it decodes off the edges. Here each class ends
        # where the next begins, so that no step falls between two.
        edges = (bounds[:-1, 1] + bounds[1:, 0]) / 2.0
        self.low: NDArray[np.float64] = np.concatenate([[0.0], edges])
        self.high: NDArray[np.float64] = np.concatenate([edges, [np.inf]])

    @property
    def reach(self) -> float:
        """The longest step that can be told from a longer one."""
        return float(self.low[-1])


class NotBefore:
    """Rules out steps that end before `Moment.earliest`."""

    def __init__(self, table: StepTable) -> None:
        self._table = table

    def bias(self, moment: Moment, out: Biases) -> None:
        """Forbid the classes that lie wholly in the past."""
        out.row("step")[0, self._table.high <= moment.earliest - moment.previous] += FORBID


class NotAfter:
    """Rules out steps that begin after `Moment.latest`: nobody waits for ever.

    The class that holds `Moment.earliest` always stays, so that with
    `NotBefore` at least one is left.
    """

    def __init__(self, table: StepTable) -> None:
        self._table = table

    def bias(self, moment: Moment, out: Biases) -> None:
        """Forbid the classes that lie wholly too far ahead."""
        latest = max(moment.latest, moment.earliest)
        out.row("step")[0, self._table.low > latest - moment.previous] += FORBID


class Range:
    """Keeps to the pitches from `low` to `high`, both included."""

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def bias(self, moment: Moment, out: Biases) -> None:
        """Forbid the rest; twice, so that no other rule can drive a note out there."""
        del moment
        out.row("pitch")[0, : self._low] += 2.0 * FORBID
        out.row("pitch")[0, self._high + 1 :] += 2.0 * FORBID


class Without:
    """Rules out some pitches."""

    def __init__(self, pitches: Sequence[int]) -> None:
        self._pitches = list(set(pitches))

    def bias(self, moment: Moment, out: Biases) -> None:
        """Forbid them."""
        del moment
        out.row("pitch")[0, self._pitches] += FORBID


def voice_free_at(notes: Sequence[Note], voices: int) -> float:
    """Return from when on fewer than `voices` of these notes sound."""
    ends = sorted((note.end for note in notes if note.end is not None), reverse=True)
    return ends[voices - 1] if len(ends) >= voices else -math.inf


def thin_enough_at(notes: Sequence[Note], per_second: int) -> float:
    """Return when the next note may start, at most `per_second` of them a second.

    A quarter of a second's share may come at once, as a chord; so nobody has to
    wait for longer than that after a crowd. `notes` are sorted by onset.
    """
    at_once = math.ceil(per_second / 4)
    if len(notes) < at_once:
        return -math.inf
    return notes[-at_once].onset + at_once / per_second
