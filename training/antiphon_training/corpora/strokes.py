"""Notes that a parser paired, paired again in the way of the live side.

A parser pairs the first note-on of a key with its first note-off, so notes of one key may
overlap, and a note without a release has no end. On a keyboard a key that is struck again
ends its note: the rules are those of `antiphon.music.pairing`. Times are ticks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.pairing import pair_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.int64]]
    """The columns pitch, start, end and velocity of the notes of one track."""


COLUMNS = ("pitch", "start", "end", "velocity")
RELEASE, STRIKE, RELEASE_AT_ONCE = 0, 1, 2


def as_strokes(notes: Columns, never: int, late: float) -> tuple[Columns, int]:
    """Return the notes as a keyboard makes them, and how many have no release.

    Parameters
    ----------
    notes : dict of int64 arrays, shape (notes,)
        Paired first to first. The `end` of a note without a release is at least
        `never` ticks after the end of its track.
    never : int
        A number larger than any tick of the file.
    late : float
        Ticks by which `pair_notes` lets a note-off be late.
    """
    pitch, start, end = notes["pitch"], notes["start"], notes["end"]
    hanging = end >= never
    order = np.lexsort((start, pitch))
    again = (pitch[order][1:] == pitch[order][:-1]) & (start[order][1:] < end[order][:-1])
    odd_keys = np.zeros(128, dtype=bool)
    odd_keys[pitch[order][1:][again]] = True
    odd_keys[pitch[hanging]] = True
    if not odd_keys.any():
        return notes, 0
    odd = odd_keys[pitch]
    replayed = _replayed({key: column[odd] for key, column in notes.items()}, never, late)
    whole = {key: np.concatenate([notes[key][~odd], replayed[key]]) for key in COLUMNS}
    return whole, int(hanging.sum())


def _replayed(notes: Columns, never: int, late: float) -> Columns:
    """Return the notes of some keys, paired again."""
    last = int(notes["end"].max())
    track_end = float(last - never if last >= never else last)
    events = []
    for pitch, start, end, velocity in zip(*(notes[key].tolist() for key in COLUMNS), strict=True):
        events.append((start, STRIKE, bytes([NOTE_ON, pitch, velocity])))
        if end < never:
            kind = RELEASE if end > start else RELEASE_AT_ONCE
            events.append((end, kind, bytes([NOTE_OFF, pitch, 0])))
    events.sort(key=lambda event: event[:2])
    messages = [(float(tick), message) for tick, _, message in events]
    paired = pair_notes(messages, track_end, late)
    start = paired["onset"].astype(np.int64)
    end = start + np.rint(paired["duration"]).astype(np.int64)
    columns = (paired["pitch"].astype(np.int64), start, end, paired["velocity"].astype(np.int64))
    return dict(zip(COLUMNS, columns, strict=True))
