"""Notes that a parser paired, paired again in the way of the live side.

A parser pairs the first note-on of a key with its first note-off, so that notes
of one key may overlap, and gives a note that is never released no end.
On a keyboard a key that is struck again ends its note: `antiphon.music.pairing`
says how, and is what counts here. Times are ticks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.pairing import pair_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.int64]]
    """The columns pitch, start, end and velocity of the notes of one track."""


COLUMNS = ("pitch", "start", "end", "velocity")
RELEASE_BEFORE, STRIKE, RELEASE_AFTER = range(3)


class Strokes(NamedTuple):
    """Notes as a keyboard makes them.

    Attributes
    ----------
    notes : dict of int64 arrays, shape (notes,)
        The columns `COLUMNS`, in any order.
    unreleased : int
        How many of them were never released.
    sure : bool
        Whether the order of messages at one tick, which the parser does not tell,
        could make no difference.
    """

    notes: Columns
    unreleased: int = 0
    sure: bool = True


def as_strokes(notes: Columns, never: int, late: float) -> Strokes:
    """Return notes as a keyboard makes them.

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
    keys, starts, ends = pitch[order], start[order], end[order]
    again = (starts[1:] < ends[:-1]) | (starts[1:] == starts[:-1])
    odd_keys = np.zeros(128, dtype=bool)
    odd_keys[keys[1:][again & (keys[1:] == keys[:-1])]] = True
    odd_keys[pitch[hanging]] = True
    if not odd_keys.any():
        return Strokes(notes)
    odd = odd_keys[pitch]
    theirs = {key: column[odd] for key, column in notes.items()}
    replayed = _replayed(theirs, never, late)
    whole = {key: np.concatenate([notes[key][~odd], replayed[key]]) for key in COLUMNS}
    at_once = np.isin(theirs["start"], theirs["end"]).any()
    sure = not (start == end)[odd].any() and not (at_once and hanging.any())
    if sure and at_once:
        sure = _same(replayed, _replayed(theirs, never, late, strike_first=True))
    return Strokes(whole, int(hanging.sum()), sure)


def _same(some: Columns, others: Columns) -> bool:
    return all(np.array_equal(some[key], others[key]) for key in COLUMNS)


def _replayed(notes: Columns, never: int, late: float, *, strike_first: bool = False) -> Columns:
    """Return the notes of some keys, paired as the live side does.

    `strike_first` says what is taken to come first where a note ends as another begins.
    """
    last = int(notes["end"].max())
    track_end = float(last - never if last >= never else last)
    events = []
    for pitch, start, end, velocity in zip(*(notes[key].tolist() for key in COLUMNS), strict=True):
        events.append((start, STRIKE, bytes([NOTE_ON, pitch, velocity])))
        if end < never:
            kind = RELEASE_AFTER if strike_first or end == start else RELEASE_BEFORE
            events.append((end, kind, bytes([NOTE_OFF, pitch, 0])))
    events.sort(key=lambda event: event[:2])
    messages = [(float(tick), message) for tick, _, message in events]
    paired = pair_notes(messages, track_end, late, shortest=0.0)
    start = paired["onset"].astype(np.int64)
    end = start + np.rint(paired["duration"]).astype(np.int64)
    columns = (paired["pitch"].astype(np.int64), start, end, paired["velocity"].astype(np.int64))
    return dict(zip(COLUMNS, columns, strict=True))
