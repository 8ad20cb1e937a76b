"""How well a continuation or an answer goes with what was heard before it.

docs/evaluation.md has the formulas. Times are seconds. A measure that some notes do not
have is NaN: they lie in no known beat, say, or there are none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from antiphon.music.note import NoteArray
from antiphon.partner.line.manner import mean_length
from antiphon_training.evaluation import measures
from antiphon_training.evaluation.beat_grid import BeatGrid

SHARES = ("on_beat", "in_tempo", "taken_up", "copied_whole", "ends_long", "ends_in_key")
"""Shares of the notes, or of the continuations."""
DRIFTS = ("density_drift", "register_drift", "loudness_drift", "length_drift")
"""Distances from what was heard last: octaves of density, semitones, steps of velocity, octaves of
the length of notes."""
AFFINITIES = (*SHARES, *DRIFTS)


@dataclass(frozen=True, eq=False)
class Prompt:
    """What was heard.

    Attributes
    ----------
    notes : NoteArray
        All of it.
    recent : NoteArray
        The last of it, which the notes after it should be near.
    rate : float
        Notes a second of `recent`.
    grid : BeatGrid or None
        The beats; None where they are not known.
    triad : tuple of int
        The pitch classes of the tonic's triad; empty where there is no key.
    """

    notes: NoteArray
    recent: NoteArray
    rate: float
    grid: BeatGrid | None
    triad: tuple[int, ...]


def affinity(notes: NoteArray, rate: float, prompt: Prompt) -> dict[str, float]:
    """Return `AFFINITIES` of notes that have so many a second."""
    recent, grid = prompt.recent, prompt.grid
    return {
        "on_beat": math.nan if grid is None else grid.on_beat(notes["onset"]),
        "in_tempo": math.nan if grid is None else grid.in_tempo(notes["onset"]),
        "taken_up": measures.taken_up(notes, recent),
        "copied_whole": measures.copied_whole(notes, prompt.notes),
        "ends_long": measures.ends_long(notes),
        "ends_in_key": measures.ends_on(notes, prompt.triad),
        "density_drift": abs(math.log2(rate / prompt.rate)) if rate and prompt.rate else math.nan,
        "register_drift": _between_means(notes, recent, "pitch"),
        "loudness_drift": _between_means(notes, recent, "velocity"),
        "length_drift": abs(mean_length(notes) - mean_length(recent)),
    }


def _between_means(notes: NoteArray, others: NoteArray, field: str) -> float:
    if not len(notes) or not len(others):
        return math.nan
    return abs(float(notes[field].mean()) - float(others[field].mean()))
