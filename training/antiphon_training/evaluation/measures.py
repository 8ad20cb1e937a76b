"""Measures of a stretch of music, and of the similarity of two stretches.

Notes are arrays of `NOTE_DTYPE` in seconds, sorted by onset. docs/evaluation.md has
the formulas and their sources.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.music import themes
from antiphon.music.chords import CHORD_SPAN, first_notes

if TYPE_CHECKING:
    from collections.abc import Collection

    from antiphon.music.note import NoteArray

Floats = NDArray[np.float64]

PITCH_CLASSES = 12
TIME_EDGES: Floats = 0.04 * 2.0 ** (np.arange(17) / 2.0)
"""Seconds between the bins of time: half an octave each, from 40 ms to 10.24 s."""
LONG = 1.4
"""A note is long that lasts for so many median gaps between onsets."""
WHOLE = 0.8
"""A continuation of which this share is copied is a copy of the whole."""


def pitch_classes(notes: NoteArray) -> Floats:
    """Return the share of each pitch class, shape (12,); all zero without notes."""
    return shares(np.bincount(notes["pitch"] % PITCH_CLASSES, minlength=PITCH_CLASSES))


def spread(seconds: NDArray[Any]) -> Floats:
    """Return the share of times in each bin between `TIME_EDGES`, and beyond them."""
    bins = np.searchsorted(TIME_EDGES, seconds, side="right")
    return shares(np.bincount(bins, minlength=len(TIME_EDGES) + 1))


def inter_onsets(notes: NoteArray) -> Floats:
    """Return the times from each onset to the next: one fewer than notes."""
    times: Floats = np.diff(notes["onset"])
    return times


def overlap(one: Floats, other: Floats) -> float:
    """Return the intersection of two histograms of shares, 0 to 1."""
    return float(np.minimum(one, other).sum())


def density(notes: NoteArray, seconds: float) -> float:
    """Return the number of notes that begin in a second."""
    return len(notes) / seconds


def polyphony(notes: NoteArray, end: float) -> float:
    """Return how many notes sound at once, on average over the time when any does.

    Notes are cut at `end`. The result is 0 where nothing sounds.
    """
    released = np.minimum(notes["onset"] + notes["duration"], end)
    sounding = float((released - notes["onset"]).sum())
    latest = np.maximum.accumulate(released)
    begin = np.maximum(notes["onset"][1:], latest[:-1])
    filled = np.maximum(released[1:] - begin, 0.0).sum() + (released[:1] - notes["onset"][:1]).sum()
    return sounding / float(filled) if filled > 0.0 else 0.0


def top_line(notes: NoteArray) -> NDArray[np.int64]:
    """Return the highest pitch of each chord; a single note is a chord too."""
    if not len(notes):
        return np.empty(0, dtype=np.int64)
    begins = first_notes(notes["onset"], CHORD_SPAN)
    return np.maximum.reduceat(notes["pitch"].astype(np.int64), begins)


def taken_up(notes: NoteArray, source: NoteArray) -> float:
    """Return the share of the top line in a run of intervals that the source's has too.

    See `antiphon.music.themes`.
    """
    return themes.taken_up(top_line(notes), themes.themes(top_line(source)))


def median_gap(notes: NoteArray) -> float:
    """Return the median time from a chord to the next; NaN where there is one at most."""
    if not len(notes):
        return math.nan
    gaps = np.diff(notes["onset"][first_notes(notes["onset"], CHORD_SPAN)])
    return float(np.median(gaps)) if len(gaps) else math.nan


def pace(notes: NoteArray) -> float:
    """Return the notes a second of a phrase; NaN where there is one chord at most.

    The last chord counts as long as the median gap, for a phrase may end on a long note.
    """
    gap = median_gap(notes)
    return math.nan if math.isnan(gap) else len(notes) / (float(np.ptp(notes["onset"])) + gap)


def last_chord(notes: NoteArray) -> NoteArray:
    """Return the notes of the last chord; there must be notes."""
    return notes[first_notes(notes["onset"], CHORD_SPAN)[-1] :]


def ends_long(notes: NoteArray) -> float:
    """Return whether a note of the last chord is long: 1 or 0; NaN without two chords."""
    gap = median_gap(notes)
    return math.nan if math.isnan(gap) else float(last_chord(notes)["duration"].max() >= LONG * gap)


def ends_on(notes: NoteArray, pitch_classes: Collection[int]) -> float:
    """Return whether the last chord's highest note is one of some: 1 or 0; NaN without notes."""
    if not len(notes) or not pitch_classes:
        return math.nan
    return float(int(last_chord(notes)["pitch"].max()) % PITCH_CLASSES in pitch_classes)


def self_repetition(notes: NoteArray) -> float:
    """Return the share of runs that occur earlier in the same notes."""
    return themes.repeated(notes)


def copied(notes: NoteArray, source: NoteArray) -> float:
    """Return the share of notes in a run that the source has too."""
    return themes.covered(np.isin(themes.runs(notes), themes.runs(source)), themes.RUN)


def copied_whole(notes: NoteArray, source: NoteArray) -> float:
    """Return whether nearly all notes are copied: 1 or 0."""
    return float(copied(notes, source) >= WHOLE)


def shares(counts: NDArray[Any]) -> Floats:
    """Return counts as shares of their sum; zeros where the sum is zero."""
    total = counts.sum()
    return counts / total if total else counts.astype(np.float64)
