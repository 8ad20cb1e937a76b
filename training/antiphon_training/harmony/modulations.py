"""The key signatures of a piece, bar by bar: where it leaves its key for long enough.

Each bar fits each of the 24 keys more or less, by the profiles of `harmony.keys`. The keys of
all bars are the likeliest path (Viterbi's algorithm). A change of signature has a cost, and a
signature holds for some bars at least, so a passing tonicisation gets none. The cost is higher
in chromatic music and in long pieces, whose developments go through many keys under one
signature. A major key and its relative minor have one signature: a change between them is cheap.

The notes of a bar depend on each other, so its fit is no probability, and the constants were
fitted: on the pieces of piano-midi.de, Nottingham and O'Neill and Ryan that are not held out, so
that the notes of pieces that change their signature stand under the right one, and that fewer
than 2 % of the pieces of one signature get a change. `benchmarks/modulations.py` measures it.

A signature is its sharps modulo 12; five flats are 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.tonality import MAJOR, MINOR, PITCH_CLASSES
from antiphon_training.harmony.keys import SCALES

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHORTEST = 8
"""Bars that a signature holds at least."""

FULL = 2.8
"""What the notes of a bar weigh from which on it counts as a whole bar (`keys.weigh`)."""

IN_SCALE = 2.3
"""The weight of the share of a bar that is in the scale, beside its log-likelihood."""

WORST = 1.4
"""How much worse than its best key a bar fits another at most: one bar decides nothing."""

AWAY = 0.15
"""What each bar costs in another signature than that of the piece."""

CHANGE, CHANGE_NEAR, CHANGE_PARALLEL = 8.4, 9.0, 7.2
"""The cost of a change of signature: of most; by one sharp or flat, where few accidentals are
spared; and on one tonic, from major to minor or back."""

BEGINS_AWAY = 3.7
"""The cost of a beginning in another signature than that of the piece."""

CHANGE_OF_MODE = 1.9
"""The cost of a change between a major key and its relative minor."""

USUAL_CHROMATIC, CHROMATIC = 0.05, 9.0
"""The share of notes beside the scale at which costs are as above, and how they grow with it."""

USUAL_BARS, LENGTH = 100, 0.38
"""The bars of a piece in which costs are as above, and how they grow with their logarithm."""

CHEAPEST = 0.3
"""The smallest factor of the costs."""

STRETCH = 8
"""Bars of the stretches whose scales tell how chromatic a piece is."""

NEVER = 1e9

SIGNATURES = np.repeat(np.arange(12), 2)
"""The signature of each state: of major, then of minor."""

RELATIVE = np.arange(24) ^ 1
"""The state of the relative key of each state."""

_TONICS = (7 * SIGNATURES + np.tile([0, 9], 12)) % PITCH_CLASSES
_PROFILES = np.array([np.roll((MAJOR, MINOR)[n % 2], t) for n, t in enumerate(_TONICS.tolist())])
_SCALES = np.array(
    [np.roll(np.isin(range(12), SCALES["major"]), 7 * sharps % 12) for sharps in range(12)],
    dtype=np.float64,
)
_STEPS = (SIGNATURES[:, None] - SIGNATURES[None, :]) % 12
_COSTS = np.where(np.isin(_STEPS, (1, 11)), CHANGE_NEAR, CHANGE)
_COSTS[_TONICS[:, None] == _TONICS[None, :]] = CHANGE_PARALLEL
_COSTS[_STEPS == 0] = NEVER


def find_signatures(sounding: NDArray[np.float64], home: int) -> NDArray[np.int64]:
    """Return the signature of each bar, shape (bars,): its sharps modulo 12.

    Parameters
    ----------
    sounding : float array, shape (bars, 12)
        What the notes of each pitch class weigh that begin in a bar.
    home : int
        The sharps of the piece as a whole, as `notation.spelling.find_key` has it.
    """
    home %= 12
    bars = len(sounding)
    if bars < 2 * SHORTEST:
        return np.full(bars, home)
    dearness = _dearness(sounding)
    begins = np.where(home == SIGNATURES, 0.0, -BEGINS_AWAY * dearness)
    found = _path(_fits(sounding, home), begins, dearness * _COSTS)
    # A piece of one signature has that of the whole: its beginning and its end count there.
    return found if np.ptp(found) else np.full(bars, home)


def _shares(sounding: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row as shares that add up to 1; zeros where nothing sounds."""
    shares: NDArray[np.float64] = sounding / np.maximum(sounding.sum(axis=1, keepdims=True), 1e-9)
    return shares


def _dearness(sounding: NDArray[np.float64]) -> float:
    """Return the factor of the costs of a change: chromatic and long pieces print few."""
    sums = np.cumsum(np.vstack([np.zeros((STRETCH, 12)), sounding]), axis=0)
    stretches = sums[STRETCH:] - sums[:-STRETCH]
    stretches = stretches[stretches.sum(axis=1) > 0.0]
    inside = (_shares(stretches) @ _SCALES.T).max(axis=1).mean() if len(stretches) else 1.0
    factor = 1.0 + CHROMATIC * (1.0 - inside - USUAL_CHROMATIC)
    return max(float(factor + LENGTH * np.log(len(sounding) / USUAL_BARS)), CHEAPEST)


def _fits(sounding: NDArray[np.float64], home: int) -> NDArray[np.float64]:
    """Return how well each bar fits each key, shape (bars, 24)."""
    shares = _shares(sounding)
    fits = shares @ np.log(_PROFILES).T + IN_SCALE * (shares @ _SCALES.T)[:, SIGNATURES]
    fits = np.maximum(fits, fits.max(axis=1, keepdims=True) - WORST)
    fits -= fits.max(axis=1, keepdims=True) + AWAY * (home != SIGNATURES)
    full: NDArray[np.float64] = np.minimum(sounding.sum(axis=1) / FULL, 1.0)
    return np.asarray(fits * full[:, None])


def _path(
    fits: NDArray[np.float64], begins: NDArray[np.float64], changes: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the signatures of the likeliest path.

    Parameters
    ----------
    fits : float array, shape (bars, 24)
        How well each bar fits each state.
    begins : float array, shape (24,)
        The same of a beginning in a state.
    changes : float array, shape (24, 24)
        The cost of a change of signature, from and to.
    """
    bars, states = len(fits), np.arange(24)
    sums = np.vstack([np.zeros(24), np.cumsum(fits, axis=0)])
    best = np.full((bars + 1, 24), -NEVER)  # of the bars so far, by the state of the last one
    best[SHORTEST] = sums[SHORTEST] + begins
    since = np.zeros((bars + 1, 24), dtype=np.int64)
    source = np.tile(states, (bars + 1, 1))
    for bar in range(SHORTEST + 1, bars + 1):
        stay, turn = best[bar - 1], best[bar - 1][RELATIVE] - CHANGE_OF_MODE
        best[bar] = np.maximum(stay, turn) + fits[bar - 1]
        source[bar] = np.where(turn > stay, RELATIVE, states)
        since[bar] = bar - 1
        before = bar - SHORTEST
        if before < SHORTEST:
            continue
        # A signature that begins here has held for its shortest time already.
        enter = best[before][:, None] - changes
        come = enter.max(axis=0) + sums[bar] - sums[before]
        enters = come > best[bar]
        best[bar][enters] = come[enters]
        source[bar][enters] = enter.argmax(axis=0)[enters]
        since[bar][enters] = before
    found = np.empty(bars, dtype=np.int64)
    state, bar = int(best[bars].argmax()), bars
    while bar > SHORTEST:
        start = int(since[bar, state])
        found[start:bar] = SIGNATURES[state]
        state, bar = int(source[bar, state]), start
    found[:bar] = SIGNATURES[state]
    return found
