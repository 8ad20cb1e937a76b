"""Rolled chords: the notes of a chord one after the other, upwards, and held. In seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.lines import SHORT_BEATS

if TYPE_CHECKING:
    from antiphon_training.notation.lines import Lines

LEAST = 3
"""Notes of a rolled chord."""

GAPS = 0.012, 0.075
"""The time from one of its notes to the next, at least and at most: the notes of a plain chord
are nearer, or in any order."""

SPAN = 0.06, 0.25
"""The time from its first note to its last, at least and at most."""

HELD = 0.1
"""How long all its notes sound after the last one began, at least."""

ALONE = 1.5
"""No note of its hand begins before or after it for so many times its span."""


def find_rolls(lines: Lines) -> list[list[int]]:
    """Return the notes of each rolled chord, by index, from the lowest up."""
    found: list[list[int]] = []
    free = 0
    for first in range(len(lines.onsets)):
        if first < free:
            continue
        chord = _rising(lines, first)
        while len(chord) >= LEAST and not _rolled(lines, chord):
            chord.pop()
        if len(chord) >= LEAST:
            found.append(chord)
            free = chord[-1] + 1
    return found


def _rising(lines: Lines, first: int) -> list[int]:
    """Return the notes, from one on, each of which begins a little later and higher."""
    chord = [first]
    for note in range(first + 1, len(lines.onsets)):
        now = chord[-1]
        gap = lines.onsets[note] - lines.onsets[now]
        if gap > GAPS[1]:
            break
        if lines.one_hand(first, note) is False:
            continue
        if gap < GAPS[0] or lines.pitches[note] <= lines.pitches[now]:
            break
        if lines.beats_between(now, note) > SHORT_BEATS:
            break
        chord.append(note)
    return chord


def _rolled(lines: Lines, chord: list[int]) -> bool:
    """Return whether rising notes are held together, and nothing else moves meanwhile."""
    first, last = float(lines.onsets[chord[0]]), float(lines.onsets[chord[-1]])
    span = last - first
    ends = lines.onsets[chord] + lines.durations[chord]
    if not SPAN[0] <= span <= SPAN[1] or ends.min() < last + HELD:
        return False
    around = np.searchsorted(lines.onsets, [first - ALONE * span, last + ALONE * span])
    # Hands that are not told may share a chord, so what either plays counts.
    others = (n for n in range(*around.tolist()) if n not in chord)
    return all(lines.one_hand(chord[0], n) is False for n in others)
