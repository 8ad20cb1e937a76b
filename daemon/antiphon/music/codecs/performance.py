"""The house codec: a note is (pitch, step, duration, velocity), each a class.

A step is the time since the last onset. Steps and durations share their 97
classes (`antiphon.music.codecs.time_bins`).
Velocities fall into 32 classes of 4. A note read back while it still sounds has
the extra duration class `HELD`. All times are seconds.

Instruments depend on these tables: they never change (tests pin them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from antiphon.music.codecs.time_bins import (
    SHORTEST_DURATION,
    TIME_CLASSES,
    TimeBins,
    inside,
    inside_one,
)
from antiphon.music.note import Note, NoteArray, empty_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import TimeUnit
    from antiphon.music.pedal import Pedal

PITCHES = 128
HELD = TIME_CLASSES
VELOCITY_CLASSES = 32
VELOCITY_WIDTH = 4


class PerformanceCodec:
    """Classes for performed piano music; see the module for the tables.

    Parameters
    ----------
    pedal : {"keys", "sustain"}
        Whether a duration is that of the key, or lasts until the sustain pedal
        is lifted. It is applied where notes are made (files, stage), and kept
        here so that it travels in the card.
    """

    name = "performance"
    time: TimeUnit = "seconds"
    fields = ("pitch", "step", "duration", "velocity")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES, VELOCITY_CLASSES)
    input_sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES + 1, VELOCITY_CLASSES)
    start = (60, TIME_CLASSES - 1, HELD, 16)

    def __init__(self, pedal: Pedal = "keys") -> None:
        self.pedal: Pedal = pedal
        self._bins = TimeBins()

    def time_class(self, seconds: float) -> int:
        """Return the class of one step or duration."""
        return self._bins.index(seconds)

    def time_range(self, index: int) -> tuple[float, float]:
        """Return the shortest and longest time that a class decodes to, in seconds."""
        return self._bins.range(index)

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 4)."""
        classes = np.empty((len(notes), 4), dtype=np.int32)
        if len(notes) == 0:
            return classes
        duration = notes["duration"]
        classes[:, 0] = notes["pitch"]
        classes[:, 1] = self._bins.steps(notes["onset"], previous_onset)
        classes[:, 2] = self._bins.indices(duration)
        classes[np.isnan(duration), 2] = HELD
        classes[:, 3] = notes["velocity"] // VELOCITY_WIDTH
        return classes

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, drawn inside each bin; see `Codec.decode`."""
        notes = empty_notes(len(classes))
        within = inside(within)
        notes["pitch"] = classes[:, 0]
        steps = self._bins.seconds(classes[:, 1], within[:, 1])
        notes["onset"] = previous_onset + np.cumsum(steps)
        held = classes[:, 2] >= HELD
        duration = self._bins.seconds(np.where(held, 0, classes[:, 2]), within[:, 2])
        notes["duration"] = np.where(held, np.nan, np.maximum(duration, SHORTEST_DURATION))
        velocity = VELOCITY_WIDTH * (classes[:, 3] + within[:, 3])
        notes["velocity"] = np.clip(velocity.astype(np.int64), 1, 127)
        return notes

    def decode_one(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> Note:
        """Return one note from a row of classes; the live side's short way."""
        pitch, step, length, loudness = (int(c) for c in classes)
        _, place, extent, force = (inside_one(w) for w in within)
        onset = previous_onset + self._bins.second(step, place)
        duration = None
        if length < HELD:
            duration = max(self._bins.second(length, extent), SHORTEST_DURATION)
        return Note(pitch, onset, duration, max(int(VELOCITY_WIDTH * (loudness + force)), 1))

    def tuned(self, notes: NoteArray) -> Self:
        """Return the codec itself: it fits any playing; see `Codec.tuned`."""
        return self

    def table(self) -> dict[str, Any]:
        """Return the tables for a card."""
        return {
            "name": self.name,
            "fields": list(self.fields),
            "sizes": list(self.sizes),
            "input_sizes": list(self.input_sizes),
            "start": list(self.start),
            "time_edges": self._bins.edges_for_card(),
            "held": HELD,
            "velocity_width": VELOCITY_WIDTH,
            "pedal": self.pedal,
        }
