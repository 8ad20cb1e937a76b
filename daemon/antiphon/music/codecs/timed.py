"""What codecs share whose rows are notes in seconds: pitch, step, duration, and more.

A step is the time since the last onset. Steps and durations are classes of
`antiphon.music.codecs.time_bins`. All times are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from antiphon.music.codecs.time_bins import (
    TIME_CLASSES,
    TimeBins,
    inside_one,
)
from antiphon.music.note import SHORTEST_DURATION, NoteArray, empty_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import TimeUnit
    from antiphon.music.pedal import Pedal

PITCH, STEP, DURATION = 0, 1, 2


class TimedCodec:
    """The columns of pitch and time; a codec adds its other fields.

    Parameters
    ----------
    pedal : {"keys", "sustain"}
        Whether a duration is that of the key, or lasts until the sustain pedal
        is lifted. It is applied where notes are made (files, stage), and kept
        here so that it travels in the card.
    """

    name: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    sizes: ClassVar[tuple[int, ...]]
    input_sizes: ClassVar[tuple[int, ...]]
    start: ClassVar[tuple[int, ...]]
    time: TimeUnit = "seconds"
    chord_symbols: ClassVar[bool] = False

    def __init__(self, pedal: Pedal = "keys") -> None:
        self.pedal: Pedal = pedal
        self._bins = TimeBins()

    def time_class(self, seconds: float) -> int:
        """Return the class of one step or duration."""
        return self._bins.index(seconds)

    def time_range(self, index: int) -> tuple[float, float]:
        """Return the shortest and longest time that a class decodes to, in seconds."""
        return self._bins.range(index)

    def _classes(self, notes: NoteArray, previous_onset: float | None) -> NDArray[np.int32]:
        """Return an array for the classes of notes, with pitch, step and duration filled in.

        A duration of NaN has the last class.
        """
        classes = np.empty((len(notes), len(self.fields)), dtype=np.int32)
        if len(notes):
            classes[:, PITCH] = notes["pitch"]
            classes[:, STEP] = self._bins.steps(notes["onset"], previous_onset)
            classes[:, DURATION] = self._bins.indices(notes["duration"])
        return classes

    def _notes(
        self, classes: NDArray[Any], within: NDArray[np.float64], previous_onset: float
    ) -> NoteArray:
        """Return notes with pitch, onset and duration filled in; `within` lies inside [0, 1).

        A class of duration that is only read counts as the last.
        """
        notes = empty_notes(len(classes))
        notes["pitch"] = classes[:, PITCH]
        steps = self._bins.seconds(classes[:, STEP], within[:, STEP])
        notes["onset"] = previous_onset + np.cumsum(steps)
        lengths = np.minimum(classes[:, DURATION], TIME_CLASSES - 1)
        durations = self._bins.seconds(lengths, within[:, DURATION])
        notes["duration"] = np.maximum(durations, SHORTEST_DURATION)
        return notes

    def _step_seconds(
        self, classes: Sequence[int] | NDArray[Any], within: Sequence[float] | NDArray[Any]
    ) -> float:
        """Return the step of one row; the live side's short way."""
        return self._bins.second(int(classes[STEP]), inside_one(within[STEP]))

    def _duration_seconds(
        self, classes: Sequence[int] | NDArray[Any], within: Sequence[float] | NDArray[Any]
    ) -> float:
        """Return the duration of one row, likewise."""
        seconds = self._bins.second(int(classes[DURATION]), inside_one(within[DURATION]))
        return max(seconds, SHORTEST_DURATION)

    def _table(self) -> dict[str, Any]:
        """Return the tables for a card that every such codec has."""
        return {
            "name": self.name,
            "fields": list(self.fields),
            "sizes": list(self.sizes),
            "input_sizes": list(self.input_sizes),
            "start": list(self.start),
            "time_edges": self._bins.edges_for_card(),
            "pedal": self.pedal,
        }
