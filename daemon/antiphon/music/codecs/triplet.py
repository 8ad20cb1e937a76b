"""The triplet codec: a note is (pitch, step, duration); how loud is not part of it.

Pitch, step and duration are as in `antiphon.music.codecs.timed`. Steps and durations are
numbers to a network, and classes where they are drawn and counted; `centres` says which
number a network reads for a class. In each field the class after the last is read only,
and is nothing yet. All times are seconds.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from antiphon.music.codecs.loudness import VELOCITY, typical_velocity
from antiphon.music.codecs.time_bins import TIME_CLASSES, inside
from antiphon.music.codecs.timed import PITCH, TimedCodec
from antiphon.music.note import Note, NoteArray
from antiphon.music.pitch_sets import PITCHES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.pedal import Pedal

HELD_SECONDS = 0.5
"""How long a note that still sounds is taken to last: there is no class for it."""


class TripletCodec(TimedCodec):
    """Classes for (pitch, step, duration); see the module.

    Parameters
    ----------
    pedal : {"keys", "sustain"}
        See `TimedCodec`.
    velocity : int
        The velocity of what is decoded, 1 to 127.

    Attributes
    ----------
    centres : float32 array, shape (98,)
        The time that a network reads for each class: the middle of the bin, 10 s for
        the last, and 0 for nothing yet.
    """

    name = "triplet"
    fields = ("pitch", "step", "duration")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES)
    input_sizes = (PITCHES + 1, TIME_CLASSES + 1, TIME_CLASSES + 1)
    start = (PITCHES, TIME_CLASSES, TIME_CLASSES)

    def __init__(self, pedal: Pedal = "keys", velocity: int = VELOCITY) -> None:
        if not 1 <= velocity <= 127:
            raise ValueError(f"velocity {velocity} is not within 1 to 127")
        super().__init__(pedal)
        self.velocity = velocity
        edges = np.concatenate([[0.0], self._bins.edges])
        middles = (edges[1:] + edges[:-1]) / 2
        self.centres = np.concatenate([middles, edges[-1:], [0.0]]).astype(np.float32)

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 3)."""
        finished = notes.copy()
        finished["duration"][np.isnan(notes["duration"])] = HELD_SECONDS
        return self._classes(finished, previous_onset)

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, drawn inside each bin; see `Codec.decode`."""
        notes = self._notes(classes, inside(within), previous_onset)
        notes["velocity"] = self.velocity
        return notes

    def decode_one(
        self,
        classes: Sequence[int] | NDArray[Any],
        within: Sequence[float] | NDArray[Any],
        previous_onset: float,
    ) -> Note:
        """Return one note from a row of classes; the live side's short way."""
        onset = previous_onset + self._step_seconds(classes, within)
        duration = self._duration_seconds(classes, within)
        return Note(int(classes[PITCH]), onset, duration, self.velocity)

    def tuned(self, notes: NoteArray, beat: float | None = None) -> Self:
        """Return a copy that plays as loud as what was played."""
        del beat  # its times are seconds
        fitted = copy.copy(self)
        fitted.velocity = typical_velocity(notes, self.velocity)
        return fitted

    def table(self) -> dict[str, Any]:
        """Return the tables for a card."""
        return {**self._table(), "held_seconds": HELD_SECONDS, "velocity": self.velocity}
