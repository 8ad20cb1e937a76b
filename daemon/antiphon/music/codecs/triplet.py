"""The triplet codec: a note is (pitch, step, duration); how loud is not part of it.

A step is the time since the last onset. Steps and durations are numbers to a network,
and classes (`antiphon.music.codecs.time_bins`) where they are drawn and counted; `centres`
says which number a network reads for a class. In each field the class after the last
is read only, and is nothing yet. All times are seconds.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from antiphon.music.codecs.loudness import VELOCITY, typical_velocity
from antiphon.music.codecs.time_bins import (
    SHORTEST_DURATION,
    TIME_CLASSES,
    TimeBins,
    inside,
    inside_one,
)
from antiphon.music.note import Note, NoteArray, empty_notes
from antiphon.music.pitch_sets import PITCHES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import TimeUnit
    from antiphon.music.pedal import Pedal

HELD_SECONDS = 0.5
"""How long a note that still sounds is taken to last: there is no class for it."""


class TripletCodec:
    """Classes for (pitch, step, duration); see the module.

    Parameters
    ----------
    pedal : {"keys", "sustain"}
        How durations treat the pedal; applied where notes are made.
    velocity : int
        The velocity of what is decoded, 1 to 127.

    Attributes
    ----------
    centres : float32 array, shape (98,)
        The time that a network reads for each class: the middle of the bin, 10 s for
        the last, and 0 for nothing yet.
    """

    name = "triplet"
    time: TimeUnit = "seconds"
    fields = ("pitch", "step", "duration")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES)
    input_sizes = (PITCHES + 1, TIME_CLASSES + 1, TIME_CLASSES + 1)
    start = (PITCHES, TIME_CLASSES, TIME_CLASSES)

    def __init__(self, pedal: Pedal = "keys", velocity: int = VELOCITY) -> None:
        if not 1 <= velocity <= 127:
            raise ValueError(f"velocity {velocity} is not within 1 to 127")
        self.pedal: Pedal = pedal
        self.velocity = velocity
        self._bins = TimeBins()
        edges = np.concatenate([[0.0], self._bins.edges])
        middles = (edges[1:] + edges[:-1]) / 2
        self.centres = np.concatenate([middles, edges[-1:], [0.0]]).astype(np.float32)

    def time_class(self, seconds: float) -> int:
        """Return the class of one step or duration."""
        return self._bins.index(seconds)

    def time_range(self, index: int) -> tuple[float, float]:
        """Return the shortest and longest time that a class decodes to, in seconds."""
        return self._bins.range(index)

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 3)."""
        classes = np.empty((len(notes), 3), dtype=np.int32)
        if len(notes) == 0:
            return classes
        duration = notes["duration"]
        classes[:, 0] = notes["pitch"]
        classes[:, 1] = self._bins.steps(notes["onset"], previous_onset)
        classes[:, 2] = self._bins.indices(np.where(np.isnan(duration), HELD_SECONDS, duration))
        return classes

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, drawn inside each bin; see `Codec.decode`."""
        notes = empty_notes(len(classes))
        within = inside(within)
        notes["pitch"], notes["velocity"] = classes[:, 0], self.velocity
        steps = self._bins.seconds(classes[:, 1], within[:, 1])
        notes["onset"] = previous_onset + np.cumsum(steps)
        duration = self._bins.seconds(classes[:, 2], within[:, 2])
        notes["duration"] = np.maximum(duration, SHORTEST_DURATION)
        return notes

    def decode_one(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> Note:
        """Return one note from a row of classes; the live side's short way."""
        pitch, step, length = (int(c) for c in classes)
        _, place, extent = (inside_one(w) for w in within)
        onset = previous_onset + self._bins.second(step, place)
        duration = max(self._bins.second(length, extent), SHORTEST_DURATION)
        return Note(pitch, onset, duration, self.velocity)

    def tuned(self, notes: NoteArray) -> Self:
        """Return a copy that plays as loud as what was played."""
        fitted = copy.copy(self)
        fitted.velocity = typical_velocity(notes, self.velocity)
        return fitted

    def table(self) -> dict[str, Any]:
        """Return the tables for a card."""
        return {
            "name": self.name,
            "fields": list(self.fields),
            "sizes": list(self.sizes),
            "input_sizes": list(self.input_sizes),
            "start": list(self.start),
            "time_edges": self._bins.edges_for_card(),
            "held_seconds": HELD_SECONDS,
            "velocity": self.velocity,
            "pedal": self.pedal,
        }
