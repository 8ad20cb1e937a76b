"""The time signature, and where the bars begin.

A bar begins where low, long, loud and many notes begin, and where the harmony changes.
Ticks are `antiphon_training.notation.beats.BEAT` to a quarter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon_training.notation.metres import DOTTED, QUARTER, Metre

if TYPE_CHECKING:
    from numpy.typing import NDArray

COMPOUND_SHARE = 0.8
"""A metre is compound if this share of the divided beats is divided in three, and not in
two at the same time."""

NO_ONSET = -0.6
"""The accent of a beat on which nothing begins."""

HARMONY = 1.0
"""The weight of a change of harmony, beside accents."""

HALF_BARS = 1.0
"""Two bars of two beats become one of four if every other one is more accented by so many
standard errors; if beats are quick, by any amount."""

QUICK = 0.6
"""Seconds a beat, below which a bar of two beats is short."""


def find_metre(
    ticks: NDArray[np.int64],
    accents: NDArray[np.float64],
    harmony: NDArray[np.float64],
    *,
    compound: bool,
    seconds: float = 1.0,
) -> tuple[Metre, int]:
    """Return the metre, and the tick of a bar's beginning, 0 or later.

    Parameters
    ----------
    ticks : int array, shape (strokes,)
        The place of each stroke; beats are at the multiples of `BEAT`, or of
        `DOTTED` where `compound`.
    accents : float array, shape (strokes,)
        The accent of each stroke.
    harmony : float array, shape (strokes, 12)
        The seconds for which each pitch class sounds that begins with a stroke.
    compound : bool
        Whether beats are divided in three.
    seconds : float
        The length of a beat.
    """
    beat = DOTTED if compound else QUARTER
    strength = _strength(ticks // beat, ticks % beat == 0, accents, harmony)
    twos, threes = _phases(strength, 2), _phases(strength, 3)
    if max(threes) > max(twos):
        return Metre(3, beat), int(np.argmax(threes)) * beat
    phase = int(np.argmax(twos))
    halves = strength[phase::2]
    fours = _phases(halves, 2)
    if not compound and max(fours) > (0.0 if seconds <= QUICK else HALF_BARS):
        return Metre(4, beat), (phase + 2 * int(np.argmax(fours))) * beat
    return Metre(2, beat), phase * beat


def _strength(
    beats: NDArray[np.int64],
    on_beat: NDArray[np.bool_],
    accents: NDArray[np.float64],
    harmony: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the accent of each beat, shape (beats,)."""
    count = int(beats.max(initial=0)) + 1
    strength = np.full(count, NO_ONSET)
    np.maximum.at(strength, beats[on_beat], accents[on_beat])
    sounding = np.zeros((count, harmony.shape[1]))
    np.add.at(sounding, beats, harmony)
    norm = np.linalg.norm(sounding, axis=1)
    together = (sounding[1:] * sounding[:-1]).sum(axis=1)
    same = together / np.maximum(norm[1:] * norm[:-1], 1e-9)
    change = np.where(norm[1:] > 0, 1.0 - same, 0.0)
    strength[1:] += HARMONY * (change - change.mean() if len(change) else change)
    return strength


def _phases(strength: NDArray[np.float64], beats: int) -> list[float]:
    """Return for each phase how accented a bar's beginning is, in standard errors."""
    error = float(strength.std()) + 1e-6
    out = []
    for phase in range(beats):
        first = strength[phase::beats]
        rest = np.delete(strength, np.s_[phase::beats])
        if not len(first) or not len(rest):
            out.append(0.0)
            continue
        scale = error * np.sqrt(1.0 / len(first) + 1.0 / len(rest))
        out.append(float((first.mean() - rest.mean()) / scale))
    return out
