"""The house codec: a note is (pitch, step, duration, velocity), each a class.

Pitch, step and duration are as in `antiphon.music.codecs.timed`, with 97 classes of
time. Velocities fall into 32 classes of 4. A note read back while it still sounds has
the extra duration class `HELD`. All times are seconds.

Instruments depend on these tables: they never change (tests pin them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np

from antiphon.music.codecs.time_bins import TIME_CLASSES, inside, inside_one
from antiphon.music.codecs.timed import DURATION, PITCH, TimedCodec
from antiphon.music.note import Note, NoteArray, arranged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.pedal import Pedal

Chords = Literal["played", "bass"]
"""The order of the notes of a chord, those whose steps are of the shortest class, which differ by
less than 5 ms: as they were struck, or from the bass up, since at such times it tells nothing."""

PITCHES = 128
HELD = TIME_CLASSES
VELOCITY_CLASSES = 32
VELOCITY_WIDTH = 4
_VELOCITY = 3


def row_order(codec: Codec, notes: NoteArray) -> NDArray[np.intp] | None:
    """Return which of sorted notes each row of a codec is of; None where that is their order."""
    return codec.order(notes) if isinstance(codec, PerformanceCodec) else None


class PerformanceCodec(TimedCodec):
    """Classes for performed piano music; see the module for the tables.

    Parameters
    ----------
    pedal : {"keys", "sustain"}
        See `TimedCodec`.
    chords : {"played", "bass"}
        The order of the notes of a chord.

    Raises
    ------
    ValueError
        There is no such order.
    """

    name = "performance"
    fields = ("pitch", "step", "duration", "velocity")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES, VELOCITY_CLASSES)
    input_sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES + 1, VELOCITY_CLASSES)
    start = (60, TIME_CLASSES - 1, HELD, 16)

    def __init__(self, pedal: Pedal = "keys", chords: Chords = "played") -> None:
        super().__init__(pedal)
        if chords not in get_args(Chords):
            raise ValueError(f"its order of chords is {chords!r}, not one of {get_args(Chords)}")
        self.chords: Chords = chords

    def order(self, notes: NoteArray) -> NDArray[np.intp] | None:
        """Return which of sorted notes each row is of; None where that is their own order."""
        if self.chords == "played" or not len(notes):
            return None
        chord = np.cumsum(self._bins.steps(notes["onset"], None) > 0)
        order = np.lexsort((notes["pitch"], chord))
        return order if (np.diff(order) < 0).any() else None

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 4)."""
        notes = arranged(notes, self.order(notes))
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
        """Return the tables for a card; files without an order of chords have that of playing."""
        order = {} if self.chords == "played" else {"chords": self.chords}
        return {**self._table(), "held": HELD, "velocity_width": VELOCITY_WIDTH, **order}
