"""Strokes: notes that begin together; and whether they are on an even grid.

Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

GAP, SPAN = 0.035, 0.1
"""Seconds. A note belongs to a stroke if it begins within `GAP` of the stroke's last note and
within `SPAN` of its first: a player spreads a chord by less."""

EVEN = 0.004
"""Seconds. Onsets are even if nearly all are this near to a grid, as a sequencer plays."""

EVEN_SHARE = 0.97
SHORTEST, LONGEST = 0.06, 0.75
"""Seconds: the shortest and the longest step of the grids that are tried."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """The strokes of a piece.

    Attributes
    ----------
    times : float array, shape (strokes,)
        The time of each stroke in seconds, ascending.
    of_note : int array, shape (notes,)
        The stroke that each note belongs to.
    """

    times: NDArray[np.float64]
    of_note: NDArray[np.int64]

    @classmethod
    def of(cls, notes: NoteArray, of_note: NDArray[np.int64]) -> Strokes:
        """Return strokes at the mean onset of their notes; `of_note` has no gap."""
        sums = np.bincount(of_note, weights=notes["onset"])
        return cls(sums / np.bincount(of_note), of_note)


SPREAD = 0.18
"""Seconds that an upward broken chord, or a right hand after the left, takes at most."""

SPREAD_SHARE = 0.26
"""The share of the time to the strokes before and after that it takes at most."""


def find_strokes(notes: NoteArray) -> Strokes:
    """Return the strokes of sorted notes.

    A broken chord is one stroke too, unless the onsets are even.
    """
    strokes = together(notes)
    if len(strokes.times) < 3 or even_step(strokes.times) is not None:
        return strokes
    lowest = np.full(len(strokes.times), 127)
    np.minimum.at(lowest, strokes.of_note, notes["pitch"].astype(np.int64))
    joined = _broken_chords(strokes.times, lowest)[strokes.of_note]
    return Strokes.of(notes, joined)


def _broken_chords(times: NDArray[np.float64], lowest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each stroke after those of a broken chord are joined."""
    number = np.zeros(len(times), dtype=np.int64)
    place = count = 0
    while place < len(times):
        last = int(np.searchsorted(times, times[place] + SPREAD, side="right")) - 1
        before = times[place] - times[place - 1] if place else np.inf
        while last > place:
            after = times[last + 1] - times[last] if last + 1 < len(times) else np.inf
            upwards = bool((np.diff(lowest[place : last + 1]) > 0).all())
            if upwards and times[last] - times[place] <= SPREAD_SHARE * min(before, after):
                break
            last -= 1
        number[place : last + 1] = count
        place, count = last + 1, count + 1
    return number


def together(notes: NoteArray) -> Strokes:
    """Return the strokes of notes that begin together."""
    onsets = notes["onset"]
    of_note = np.zeros(len(onsets), dtype=np.int64)
    first = last = -np.inf
    count = -1
    for index, onset in enumerate(onsets.tolist()):
        if onset - last > GAP or onset - first > SPAN:
            count, first = count + 1, onset
        of_note[index], last = count, onset
    return Strokes.of(notes, of_note)


def even_step(times: NDArray[np.float64]) -> float | None:
    """Return the step of a grid that has all strokes; None where there is none.

    The longest such step is returned, in seconds.
    """
    if len(times) < 4:
        return None
    found = [step for guess in _guesses(np.diff(times)) if (step := _fitted(times, guess))]
    return max(found, default=None)


def _guesses(gaps: NDArray[np.float64]) -> list[float]:
    """Return steps of which the gaps between strokes seem to be multiples."""
    steps = np.geomspace(SHORTEST, LONGEST, 600)
    near = gaps[gaps < 4 * LONGEST]
    if not len(near):
        return []
    # 1 if all gaps are multiples of a step, about 0 if they are random.
    fit = np.cos(2 * np.pi * near / steps[:, None]).mean(axis=1)
    peaks = np.flatnonzero((fit[1:-1] >= fit[:-2]) & (fit[1:-1] >= fit[2:])) + 1
    best = peaks[np.argsort(fit[peaks])[::-1][:12]]
    return [float(steps[index]) for index in best if fit[index] > 0.5]


def _fitted(times: NDArray[np.float64], guess: float) -> float | None:
    """Return the exact step near a guess, or None if the strokes are not on its grid."""
    step, start = guess, float(times[0])
    seen = 8
    while True:  # more strokes need a more exact step, and allow one
        part = times[:seen]
        places = np.rint((part - start) / step)
        if places[-1] < 1 or len(np.unique(places)) < 2:
            return None
        slope, start = np.polyfit(places, part, 1)
        if abs(slope / step - 1.0) > 0.2:
            return None
        step = float(slope)
        if np.mean(np.abs(part - start - places * step) < EVEN) < EVEN_SHARE:
            return None
        if seen >= len(times):
            return step
        seen = min(2 * seen, len(times))


NEIGHBOURS = 8
"""Strokes before and after, with which a stroke is compared."""


def find_accents(notes: NoteArray, strokes: Strokes) -> NDArray[np.float64]:
    """Return how much each stroke is accented among its neighbours, -1 to 1.

    Many notes, low notes, long notes and loud notes make an accent.
    """
    count = len(strokes.times)
    if count == 0:
        return np.zeros(0)
    size = np.bincount(strokes.of_note, minlength=count).astype(np.float64)
    lowest = np.full(count, 127.0)
    np.minimum.at(lowest, strokes.of_note, notes["pitch"].astype(np.float64))
    longest = np.zeros(count)
    np.maximum.at(longest, strokes.of_note, np.nan_to_num(notes["duration"]))
    loudest = np.zeros(count)
    np.maximum.at(loudest, strokes.of_note, notes["velocity"].astype(np.float64))
    traits = (np.log2(size), -lowest, np.log2(longest + 0.05), loudest)
    outstanding = np.mean([_among_neighbours(trait) for trait in traits], axis=0)
    return np.asarray(np.tanh(outstanding))


def _among_neighbours(trait: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many standard deviations a value is above its neighbours' mean."""
    window = np.ones(2 * NEIGHBOURS + 1)
    weight = np.convolve(np.ones(len(trait)), window)[NEIGHBOURS:-NEIGHBOURS]
    mean = np.convolve(trait, window)[NEIGHBOURS:-NEIGHBOURS] / weight
    spread = np.convolve((trait - mean) ** 2, window)[NEIGHBOURS:-NEIGHBOURS] / weight
    return np.asarray((trait - mean) / np.sqrt(spread + 1e-3))
