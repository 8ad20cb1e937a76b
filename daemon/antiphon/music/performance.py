"""The house codec: a note is (pitch, step, duration, velocity), each a class.

A step is the time since the last onset. Steps and durations share their bins:
edges at 5, 15 ... 95 ms, then 86 edges from 0.105 s to 10 s in geometric
progression, which makes 97 classes; what is longer counts as the last.
Velocities fall into 32 classes of 4. A note read back while it still sounds has
the extra duration class `HELD`. All times are seconds.

Instruments depend on these tables: they never change (tests pin them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from antiphon.errors import InstrumentError
from antiphon.music.note import Note, NoteArray, empty_notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Pedal = Literal["keys", "sustain"]

PITCHES = 128
TIME_CLASSES = 97
HELD = TIME_CLASSES
VELOCITY_CLASSES = 32
VELOCITY_WIDTH = 4
SHORTEST_DURATION = 0.001
EDGE_MARGIN = 1e-7
"""How far from an edge a decoded time stays, in seconds.

An onset is a sum on a clock that may have run for months; so close to an edge its
rounding (15 ns after three years) would change the class that is read back.
"""
LARGEST_WITHIN = 1.0 - 2.0**-24  # the last float32 below 1; graphs may round up to 1 itself


def time_edges() -> NDArray[np.float64]:
    """Return the 96 edges, in seconds, between the 97 classes of time."""
    near = np.arange(10) * 0.010 + 0.005
    far = 0.105 * (10.0 / 0.105) ** (np.arange(86) / 85.0)
    return np.concatenate([near, far])


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
    fields = ("pitch", "step", "duration", "velocity")
    sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES, VELOCITY_CLASSES)
    input_sizes = (PITCHES, TIME_CLASSES, TIME_CLASSES + 1, VELOCITY_CLASSES)
    start = (60, TIME_CLASSES - 1, HELD, 16)

    def __init__(self, pedal: Pedal = "keys") -> None:
        self.pedal: Pedal = pedal
        self._edges = time_edges()
        # The last class has no upper edge: it decodes to its lower one, 10 s.
        self._low = np.concatenate([[0.0], self._edges + EDGE_MARGIN])
        self._width = np.append(self._edges - EDGE_MARGIN - self._low[:-1], 0.0)

    def time_class(self, seconds: float) -> int:
        """Return the class of one step or duration."""
        return int(np.searchsorted(self._edges, seconds, side="right"))

    def time_range(self, index: int) -> tuple[float, float]:
        """Return the shortest and longest time that a class decodes to, in seconds."""
        low = float(self._low[index])
        return low, low + float(self._width[index])

    def encode(self, notes: NoteArray, previous_onset: float | None = None) -> NDArray[np.int32]:
        """Return the classes of sorted notes, int32 of shape (notes, 4)."""
        classes = np.empty((len(notes), 4), dtype=np.int32)
        if len(notes) == 0:
            return classes
        onset, duration = notes["onset"], notes["duration"]
        first = onset[0] if previous_onset is None else previous_onset
        step = np.diff(onset, prepend=first)
        classes[:, 0] = notes["pitch"]
        classes[:, 1] = np.searchsorted(self._edges, step, side="right")
        # NaN sorts after every edge: it would count as the longest class.
        classes[:, 2] = np.searchsorted(self._edges, duration, side="right")
        classes[np.isnan(duration), 2] = HELD
        classes[:, 3] = notes["velocity"] // VELOCITY_WIDTH
        return classes

    def decode(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> NoteArray:
        """Return the notes of classes, drawn inside each bin; see `Codec.decode`."""
        notes = empty_notes(len(classes))
        within = np.clip(np.asarray(within, dtype=np.float64), 0.0, LARGEST_WITHIN)
        notes["pitch"] = classes[:, 0]
        step = self._low[classes[:, 1]] + within[:, 1] * self._width[classes[:, 1]]
        notes["onset"] = previous_onset + np.cumsum(step)
        held = classes[:, 2] >= HELD
        bins = np.where(held, 0, classes[:, 2])
        duration = self._low[bins] + within[:, 2] * self._width[bins]
        notes["duration"] = np.where(held, np.nan, np.maximum(duration, SHORTEST_DURATION))
        velocity = VELOCITY_WIDTH * (classes[:, 3] + within[:, 3])
        notes["velocity"] = np.clip(velocity.astype(np.int64), 1, 127)
        return notes

    def decode_one(
        self, classes: NDArray[Any], within: NDArray[Any], previous_onset: float
    ) -> Note:
        """Return one note from a row of classes; the live side's short way."""
        pitch, step, length, loudness = (int(c) for c in classes)
        _, place, extent, force = (min(max(float(w), 0.0), LARGEST_WITHIN) for w in within)
        onset = previous_onset + float(self._low[step] + place * self._width[step])
        duration = None
        if length < HELD:
            seconds = float(self._low[length] + extent * self._width[length])
            duration = max(seconds, SHORTEST_DURATION)
        return Note(pitch, onset, duration, max(int(VELOCITY_WIDTH * (loudness + force)), 1))

    def table(self) -> dict[str, Any]:
        """Return the tables for a card."""
        return {
            "name": self.name,
            "fields": list(self.fields),
            "sizes": list(self.sizes),
            "input_sizes": list(self.input_sizes),
            "start": list(self.start),
            "time_edges": [round(float(e), 9) for e in self._edges],
            "held": HELD,
            "velocity_width": VELOCITY_WIDTH,
            "pedal": self.pedal,
        }


def codec_from_table(table: Mapping[str, Any]) -> PerformanceCodec:
    """Return the codec that a card describes.

    Raises
    ------
    InstrumentError
        The card names a codec that this version does not know, or tables that
        differ from that codec's.
    """
    name = table.get("name")
    if name != PerformanceCodec.name:
        raise InstrumentError(
            f"The instrument's codec is {name!r}, which this version of Antiphon does not know; "
            "update Antiphon, or choose another instrument."
        )
    if table.get("pedal") not in ("keys", "sustain"):
        raise InstrumentError("The instrument's card does not say how it treats the pedal.")
    codec = PerformanceCodec(pedal=table["pedal"])
    for key, value in codec.table().items():
        if table.get(key) != value:
            raise InstrumentError(
                f"The instrument's codec table {key!r} is not that of the performance codec; "
                "export the instrument again with this version of Antiphon."
            )
    return codec
