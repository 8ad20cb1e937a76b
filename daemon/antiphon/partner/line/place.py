"""Where in the music a line is, and how far it may go: values that improvisers share.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.note import Note
from antiphon.music.tonality import PITCH_CLASSES, weight
from antiphon.partner.line.manner import length_of
from antiphon.partner.line.predictor import State
from antiphon.partner.line.taking import Taking
from antiphon.partner.memory.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.instrument.ask import Recall
    from antiphon.partner.line.predictor import KeyedPrediction, Prediction


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
    sounded : float
        When it really began: `onset` is nominal where a groove is kept to.
    trail : Trail or None
        What a memory compares remembered places with, where there is a memory.
    taking : Taking or None
        How much of its last notes a line has taken up of it; None before a line.
    """

    state: State
    row: NDArray[np.int32]
    onset: float
    without: tuple[int, ...] = ()
    sounded: float = -math.inf
    trail: Trail | None = None
    taking: Taking | None = None

    def trail_after(self, row: NDArray[np.int32], prediction: Prediction) -> Trail | None:
        """Return the trail after one more row, which a prediction drew."""
        if self.trail is None:
            return None
        return self.trail.after(row, cast("KeyedPrediction", prediction).key)

    def taking_after(self, row: NDArray[np.int32], recall: Recall | None) -> Taking | None:
        """Return what was taken up after one more row, for which something was recalled."""
        return None if self.taking is None else self.taking.after(row, recall)

    def steered(self, recall: Recall | None) -> Recall | None:
        """Return what is recalled here, with the gain that it should have."""
        return recall if self.taking is None else self.taking.steered(recall)


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
    moments : int
        How many of them were not struck together with the one before.
    last : Note or None
        The last of them.
    tones : tuple of float
        How much there is of each pitch class: see `antiphon.music.tonality.weight`.
    lengths : float
        The sum of their lengths in octaves: see `antiphon.partner.line.manner.length_of`.
    """

    begin: float = -math.inf
    notes: int = 0
    pitches: float = 0.0
    velocities: float = 0.0
    moments: int = 0
    last: Note | None = None
    tones: tuple[float, ...] = (0.0,) * PITCH_CLASSES
    lengths: float = 0.0

    def after(self, notes: Sequence[Note]) -> Progress:
        """Return the progress after more notes, sorted by onset."""
        progress = self
        for note in notes:
            before = progress.last
            apart = before is None or note.onset - before.onset > CHORD_SPAN
            tone = note.pitch % PITCH_CLASSES
            tones = progress.tones
            progress = Progress(
                self.begin,
                progress.notes + 1,
                progress.pitches + note.pitch,
                progress.velocities + note.velocity,
                progress.moments + apart,
                note,
                (*tones[:tone], tones[tone] + weight(note.duration), *tones[tone + 1 :]),
                progress.lengths + length_of(note.duration),
            )
        return progress


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
