"""The house codec: a note is (pitch, step, duration, velocity), each a class.

Pitch, step and duration are as in `antiphon.music.codecs.timed`, with 97 classes of
time. Velocities fall into 32 classes of 4. A note read back while it still sounds has
the extra duration class `HELD`. All times are seconds.

Instruments depend on these tables: they never change (tests pin them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from antiphon.music.codecs.time_bins import TIME_CLASSES, inside, inside_one
from antiphon.music.codecs.timed import DURATION, PITCH, TimedCodec
from antiphon.music.note import Note, NoteArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PITCHES = 128
HELD = TIME_CLASSES
VELOCITY_CLASSES = 32
VELOCITY_WIDTH = 4
_VELOCITY = 3


class PerformanceCodec(TimedCodec):
    """Classes for performed piano music; see the module for the tables."""

    name = "performance"
    fields = ("pitch", "step", "duration", "velocity")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES, VELOCITY_CLASSES)
    input_sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES + 1, VELOCITY_CLASSES)
    start = (60, TIME_CLASSES - 1, HELD, 16)

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 4)."""
        classes = self._classes(notes, previous_onset)
        classes[np.isnan(notes["duration"]), DURATION] = HELD
        classes[:, _VELOCITY] = notes["velocity"] // VELOCITY_WIDTH
        return classes

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, drawn inside each bin; see `Codec.decode`."""
        within = inside(within)
        notes = self._notes(classes, within, previous_onset)
        notes["duration"][classes[:, DURATION] >= HELD] = np.nan
        velocity = VELOCITY_WIDTH * (classes[:, _VELOCITY] + within[:, _VELOCITY])
        notes["velocity"] = np.clip(velocity.astype(np.int64), 1, 127)
        return notes

    def decode_one(
        self,
        classes: Sequence[int] | NDArray[Any],
        within: Sequence[float] | NDArray[Any],
        previous_onset: float,
    ) -> Note:
        """Return one note from a row of classes; the live side's short way."""
        onset = previous_onset + self._step_seconds(classes, within)
        held = classes[DURATION] >= HELD
        duration = None if held else self._duration_seconds(classes, within)
        velocity = VELOCITY_WIDTH * (int(classes[_VELOCITY]) + inside_one(within[_VELOCITY]))
        return Note(int(classes[PITCH]), onset, duration, max(int(velocity), 1))

    def tuned(self, notes: NoteArray, beat: float | None = None) -> Self:
        """Return the codec itself: it fits any playing; see `Codec.tuned`."""
        del notes, beat
        return self

    def table(self) -> dict[str, Any]:
        """Return the tables for a card."""
        return {**self._table(), "held": HELD, "velocity_width": VELOCITY_WIDTH}
