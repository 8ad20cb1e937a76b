"""Grace notes: short notes a step beside the note that they lead to.

They have no place of their own in a bar, so they are taken out before places are found.
Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.music.note import NoteArray
from antiphon_training.notation.spelling import STEPS, Name

BEFORE = 0.09
"""A grace note begins so shortly before its note at most."""

SLIGHTEST = 0.015
"""What is nearer was struck together."""

STEP = 2
"""Semitones to its note, at most."""

ALONE = 4.0
"""How much longer than it is before its note it must be alone: trills, runs and dotted rhythms
have their places in the bar."""

NEAR = 7
"""Semitones; notes that are farther away are of another voice."""

TOGETHER = 0.02
"""A grace note that begins so near to another note is played on the beat."""

CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """Notes without their grace notes.

    Attributes
    ----------
    notes : array of NOTE_DTYPE, shape (plain,)
        Sorted by onset; one whose grace note was on the beat begins with it.
    kept : int array, shape (plain,)
        The index of each in all notes.
    graces : dict of int to int
        The pitch of the grace note before a plain note, by the index of that.
    """

    notes: NoteArray
    kept: NDArray[np.int64]
    graces: dict[int, int]


def take_graces(notes: NoteArray) -> Plain:
    """Return notes, sorted by onset, without their grace notes."""
    pairs = _pairs(notes)
    moved = notes.copy()
    for grace, main in pairs.items():
        on_beat = np.abs(notes["onset"] - notes["onset"][grace]) < TOGETHER
        on_beat[[grace, main]] = False
        if on_beat.any():
            moved["duration"][main] += moved["onset"][main] - notes["onset"][grace]
            moved["onset"][main] = notes["onset"][grace]
    kept = np.setdiff1d(np.arange(len(notes)), list(pairs))
    kept = kept[np.lexsort((moved["pitch"][kept], moved["onset"][kept]))]
    place = {int(index): number for number, index in enumerate(kept)}
    graces = {place[main]: int(notes["pitch"][grace]) for grace, main in pairs.items()}
    return Plain(moved[kept], kept.astype(np.int64), graces)


def _pairs(notes: NoteArray) -> dict[int, int]:
    """Return the note that each grace note leads to, by index."""
    onsets, durations = notes["onset"], notes["duration"]
    pitches = notes["pitch"].astype(np.int64)
    pairs: dict[int, int] = {}
    for grace in np.flatnonzero(durations <= 2 * BEFORE).tolist():
        last = int(np.searchsorted(onsets, onsets[grace] + BEFORE, side="right"))
        for main in range(grace + 1, last):
            before = float(onsets[main] - onsets[grace])
            step = abs(int(pitches[main] - pitches[grace]))
            if not (before > SLIGHTEST and 0 < step <= STEP and grace not in pairs):
                continue
            short = durations[grace] <= min(0.5 * durations[main], 2 * before)
            if short and _alone(onsets, pitches, grace, main):
                pairs[grace] = main
    return pairs


def _alone(onsets: NDArray[np.float64], pitches: NDArray[np.int64], grace: int, main: int) -> bool:
    """Return whether no other note is near, in pitch, shortly before or after a grace note."""
    span = ALONE * (onsets[main] - onsets[grace])
    first, last = np.searchsorted(onsets, [onsets[grace] - span, onsets[main] + span])
    around = np.abs(pitches[first:last] - pitches[grace]) <= NEAR
    # Its own chord may be struck with the note that it leads to.
    alike = np.abs(onsets[first:last] - onsets[main]) < TOGETHER
    return int(np.count_nonzero(around & ~alike)) == 1


def grace_name(pitch: int, name: Name) -> Name:
    """Return the name of a grace note beside a note of another name: the next step."""
    step, sharps, octave = name
    main = 12 * (octave + 1) + CLASSES[step] + sharps
    steps = sorted(CLASSES, key=CLASSES.__getitem__)
    place = steps.index(step) + (1 if pitch > main else -1)
    octave += place // len(STEPS)
    found = steps[place % len(STEPS)]
    return found, pitch - 12 * (octave + 1) - CLASSES[found], octave
