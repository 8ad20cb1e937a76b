"""Where in the music a line is, and how far it may go: values that improvisers share.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.partner.line.predictor import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import Note


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
class Progress:
    """What a line has played so far.

    Attributes
    ----------
    begin : float
        When its first note may begin.
    notes : int
        How many notes it has drawn.
    pitches, velocities : float
        Their sums over these notes.
    """

    begin: float = -math.inf
    notes: int = 0
    pitches: float = 0.0
    velocities: float = 0.0

    def after(self, notes: Sequence[Note]) -> Progress:
        """Return the progress after more notes."""
        return Progress(
            self.begin,
            self.notes + len(notes),
            self.pitches + sum(note.pitch for note in notes),
            self.velocities + sum(note.velocity for note in notes),
        )


NOTHING_YET = Progress()


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
    progress : Progress
        What the line has played so far.
    """

    earliest: float
    latest: float
    gap: float
    end: float
    progress: Progress = NOTHING_YET
