"""What a note is, alone and in arrays.

Times are seconds, pitches MIDI note numbers. An array of notes is a NumPy
structured array of `NOTE_DTYPE`, sorted by onset; NaN as a duration stands for
a note that is still held (`Note.duration` is None then).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE_DTYPE = np.dtype([("pitch", "u1"), ("onset", "f8"), ("duration", "f8"), ("velocity", "u1")])

SHORTEST_DURATION = 0.001
"""Seconds that a note lasts whose key went down and up at the same moment: it was struck."""

NoteArray = NDArray[Any]
"""A structured array of `NOTE_DTYPE`, shape (notes,)."""


@dataclass(frozen=True, slots=True)
class Note:
    """One sounded note.

    Attributes
    ----------
    pitch : int
        MIDI note number, 0 to 127; 60 is middle C.
    onset : float
        When it starts, in seconds of the session's clock.
    duration : float | None
        How long it is held, in seconds; None while it is still held.
    velocity : int
        MIDI note-on velocity, 1 to 127.
    """

    pitch: int
    onset: float
    duration: float | None
    velocity: int

    def __post_init__(self) -> None:
        """Refuse values that no MIDI note can have."""
        if not 0 <= self.pitch <= 127:
            raise ValueError(f"pitch {self.pitch} is not within 0 to 127")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"velocity {self.velocity} is not within 1 to 127")
        if self.duration is not None and not self.duration >= 0.0:
            raise ValueError(f"duration {self.duration} is not a length of time")
        if not math.isfinite(self.onset):
            raise ValueError(f"onset {self.onset} is not a time")

    @property
    def end(self) -> float | None:
        """When it ends, in seconds; None while it is still held."""
        return None if self.duration is None else self.onset + self.duration


def notes_to_array(notes: Iterable[Note]) -> NoteArray:
    """Return notes as an array of `NOTE_DTYPE`, sorted by onset, then pitch."""
    rows = [
        (n.pitch, n.onset, math.nan if n.duration is None else n.duration, n.velocity)
        for n in notes
    ]
    return sort_notes(np.array(rows, dtype=NOTE_DTYPE))


def array_to_notes(array: NoteArray) -> list[Note]:
    """Return the rows of an array of `NOTE_DTYPE` as notes."""
    return [
        Note(int(p), float(o), None if math.isnan(d) else float(d), int(v))
        for p, o, d, v in array.tolist()
    ]


def sort_notes(array: NoteArray) -> NoteArray:
    """Return an array in the order in which codecs read it: onset, then pitch.

    It may be the one that was given.

    Where both are the same, as in two tracks that double each other, velocity and
    duration decide, so that the order never depends on where notes come from.
    """
    onset = array["onset"]
    if (onset[1:] > onset[:-1]).all():
        return array
    return array[note_order(array)]


def note_order(array: NoteArray) -> NDArray[np.intp]:
    """Return the indices that sort an array as `sort_notes` does, shape (notes,)."""
    keys = (array["duration"], array["velocity"], array["pitch"], array["onset"])
    return np.lexsort(keys)


def arranged(array: NoteArray, order: NDArray[np.intp] | None) -> NoteArray:
    """Return sorted notes in another order, which keeps the onsets where they are.

    So they are sorted still, and each note is moved by as much as the onsets of those that
    change places differ. Without an order the array itself is returned.
    """
    if order is None:
        return array
    moved = array[order]
    moved["onset"] = array["onset"]
    return moved


def empty_notes(count: int = 0) -> NoteArray:
    """Return an array of `count` notes, all fields zero."""
    return np.zeros(count, dtype=NOTE_DTYPE)
