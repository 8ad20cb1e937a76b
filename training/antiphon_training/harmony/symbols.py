"""The chord symbols of played notes.

Each beat is compared with the notes of each chord, and the likeliest way through the beats
is taken (Viterbi): a change of chord costs the less the stronger the beat is. So an
arpeggio is one chord, and so is the bass note and the chord after it of a stride. A symbol
names no other bass than the root: in a stride the fifth alternates with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chord_symbols import ChordSymbol
from antiphon.music.pitch_sets import PITCH_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Ticks = NDArray[np.int64]
    Beat = tuple[int, int]
    """The tick of a beat, and how strong it is: 5 for a bar line, 3 for a plain beat."""

KINDS: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11), "m7b5": (0, 3, 6, 10), "dim7": (0, 3, 6, 9), "aug": (0, 4, 8),
}  # fmt: skip
"""The kinds of chords by suffix, in semitones above the root."""

RARE = {"m7": 0.05, "maj7": 0.05, "m7b5": 0.1, "dim7": 0.1, "aug": 0.15}
"""What a kind costs a beat: a melody over a triad has its seventh and its sixth too."""

ROOT, OUTSIDE, BASS = 1.2, -0.6, 0.3
"""The weight of the root where other notes of a chord have 1, of notes outside the chord,
and what the share of the lowest notes that are the root adds."""

TRIAD, FOURTH = 3, 0.825
"""A chord of four notes has this weight for each: with 1 it would always fit as well."""

CHANGE = {5: 0.15, 4: 0.3}
CHANGE_INSIDE = 0.6
"""What a change costs, by the strength of the beat."""

LEAST = 2
"""A beat with fewer pitch classes tells half as much of its chord."""

FLATTEST, WIDEST = 5, 12
"""Roots are named from five fifths below the key to six above."""

DIMINISHED, LEADING = ("dim7", "m7b5"), 3
"""Their roots are leading tones, so they are named three fifths higher: G#dim7 in G major."""

STEPS = "FCGDAEB"


def find_chord_symbols(
    starts: Ticks,
    ends: Array,
    pitches: Ticks,
    beats: Sequence[Beat],
    keys: Sequence[tuple[int, int]],
) -> tuple[tuple[int, ChordSymbol], ...]:
    """Return the chord symbols of notes, each with the tick of the beat where it begins.

    Parameters
    ----------
    starts, ends : array, shape (notes,)
        Where the notes begin and end, in ticks.
    pitches : int64 array, shape (notes,)
        MIDI note numbers.
    beats : sequence of (int, int)
        Tick and strength of each beat: see `notation.metres.Metre.level`.
    keys : sequence of (int, int)
        From which tick on names are near which place on the line of fifths, 0 for C.
    """
    lines = np.array([tick for tick, _ in beats], dtype=np.float64)
    sounding, lowest = _sounding(starts, ends, pitches, lines)
    path = _likeliest(_fits(sounding, lowest), [strength for _, strength in beats])
    suffixes = list(KINDS)
    symbols: list[tuple[int, ChordSymbol]] = []
    before = -1
    for (tick, _), state, sound in zip(beats, path, sounding, strict=True):
        if state == before or not sound.any():
            continue
        centre = [fifths for start, fifths in keys if start <= max(tick, keys[0][0])][-1]
        kind, root = divmod(state, PITCH_CLASSES)
        suffix = suffixes[kind]
        name = _root_name(root, centre + (LEADING if suffix in DIMINISHED else 0))
        symbols.append((tick, ChordSymbol(name, suffix)))
        before = state
    return tuple(symbols)


def _sounding(
    starts: Ticks, ends: Array, pitches: Ticks, lines: Array
) -> tuple[Array, NDArray[np.int64]]:
    """Return the share of each pitch class in each beat, and its lowest pitch class, or -1."""
    sounding = np.zeros((len(lines), PITCH_CLASSES))
    lowest = np.full(len(lines), 128, dtype=np.int64)
    after = np.append(lines[1:], np.inf)
    firsts = np.maximum(np.searchsorted(lines, starts, side="right") - 1, 0)
    lasts = np.maximum(np.searchsorted(lines, ends, side="left"), firsts + 1)
    for start, end, pitch, first, last in zip(starts, ends, pitches, firsts, lasts, strict=True):
        for beat in range(first, min(last, len(lines))):
            inside = min(end, after[beat]) - max(start, lines[beat])
            if inside > 0.0:
                sounding[beat, pitch % PITCH_CLASSES] += np.sqrt(inside)
                lowest[beat] = min(lowest[beat], pitch)
    total = sounding.sum(axis=1, keepdims=True)
    shares = np.divide(sounding, total, out=np.zeros_like(sounding), where=total > 0.0)
    return shares, np.where(lowest < 128, lowest % PITCH_CLASSES, -1)


def _fits(sounding: Array, lowest: NDArray[np.int64]) -> Array:
    """Return how well each chord fits each beat, shape (beats, kinds * 12), 0 in a silence."""
    rows = []
    for tones in KINDS.values():
        plain = np.full(PITCH_CLASSES, OUTSIDE)
        plain[list(tones)] = 1.0 if len(tones) == TRIAD else FOURTH
        plain[0] *= ROOT
        rows += [np.roll(plain, root) for root in range(PITCH_CLASSES)]
    fits: Array = sounding @ np.array(rows).T
    fits += BASS * (lowest[:, np.newaxis] == np.tile(np.arange(PITCH_CLASSES), len(KINDS)))
    fits -= np.repeat([RARE.get(suffix, 0.0) for suffix in KINDS], PITCH_CLASSES)
    classes = np.count_nonzero(sounding, axis=1)
    weight = np.select([classes == 0, classes <= LEAST], [0.0, 0.5], 1.0)
    fits *= weight[:, np.newaxis]
    return fits


def _likeliest(fits: Array, strengths: Sequence[int]) -> list[int]:
    """Return the chord of each beat."""
    came_from = np.zeros(fits.shape, dtype=np.int64)
    score = np.zeros(fits.shape[1])
    for beat, (fit, strength) in enumerate(zip(fits, strengths, strict=True)):
        best = int(np.argmax(score))
        changed = score[best] - CHANGE.get(strength, CHANGE_INSIDE)
        stays = score >= changed
        came_from[beat] = np.where(stays, np.arange(len(score)), best)
        score = np.where(stays, score, changed) + fit
    path = [int(np.argmax(score))]
    for origins in came_from[:0:-1]:
        path.append(int(origins[path[-1]]))
    return path[::-1]


def _root_name(root: int, centre: int) -> str:
    """Return the name of a pitch class, near a place on the line of fifths: "Bb"."""
    flattest = centre - FLATTEST
    fifths = flattest + (7 * root - flattest) % WIDEST
    if fifths < -6:
        fifths += WIDEST
    elif fifths > 8:
        fifths -= WIDEST
    sharps, step = divmod(fifths + 1, len(STEPS))
    return STEPS[step] + ("#" * sharps if sharps > 0 else "b" * -sharps)
