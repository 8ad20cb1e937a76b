"""Themes: runs of intervals of a line, which are the same in any transposition.

A line is an int64 array of pitches, one after another. Runs of pitches are those of all
notes, arrays of `NOTE_DTYPE` in seconds, sorted by onset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN, first_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray

INTERVALS = 4
"""So many intervals in a row are a theme."""

RUN = 4
"""So many pitches in a row are a repetition if they occurred before."""


def themes(line: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all runs of `INTERVALS` intervals of a line, each as one number.

    Intervals are the same in any transposition.
    """
    if len(line) <= INTERVALS:
        return np.empty(0, dtype=np.int64)
    stretches = np.lib.stride_tricks.sliding_window_view(np.diff(line), INTERVALS)
    return stretches @ (256 ** np.arange(INTERVALS, dtype=np.int64))


def taken_up(line: NDArray[np.int64], known: NDArray[np.int64]) -> float:
    """Return the share of a line's notes that lie in a run which is known, 0 to 1."""
    return covered(np.isin(themes(line), known), INTERVALS + 1)


def covered(again: NDArray[np.bool_], length: int) -> float:
    """Return the share of notes in a run that occurs again; each run has so many notes."""
    if not again.any():
        return 0.0
    return float((np.convolve(again, np.ones(length)) > 0).mean())


def runs(notes: NoteArray) -> NDArray[np.int64]:
    """Return all stretches of `RUN` pitches in a row, each as one number.

    Notes that are struck together are ordered from the lowest up.
    """
    if len(notes) < RUN:
        return np.empty(0, dtype=np.int64)
    # Rounded, so that the same notes at another time are the same chords.
    onset = np.round(notes["onset"] - notes["onset"][0], 6)
    chords = np.searchsorted(first_notes(onset, CHORD_SPAN), np.arange(len(notes)), side="right")
    line = notes["pitch"][np.lexsort((notes["pitch"], chords))].astype(np.int64)
    stretches = np.lib.stride_tricks.sliding_window_view(line, RUN)
    return stretches @ (128 ** np.arange(RUN, dtype=np.int64))


def repeated(notes: NoteArray) -> float:
    """Return the share of runs that occur earlier in the same notes, 0 to 1."""
    found = runs(notes)
    return 1.0 - len(set(found.tolist())) / len(found) if len(found) else 0.0
