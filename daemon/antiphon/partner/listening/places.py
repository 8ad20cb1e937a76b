"""How a groove is learned: from the places in the beat where somebody struck.

What counts is how well each onset is foretold by the others (leave-one-out): by those at
the same place in the beat, by those half a beat or a quarter of a beat away, or not at
all. The shares of these four are fitted to the onsets (expectation and maximisation),
so a swung player's offbeats are not mirrored to where nobody plays, and without a
beat the density is flat. Times are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.groove import POINTS, Groove

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.partner.listening.pulse import Pulse

    Array = NDArray[np.float64]

HANDS = ((16.0, 0.010), (5.0, 0.010), (8.0, 0.020))
"""What hands are tried: after how long an onset counts a third, and how far it speaks for
its surroundings (standard deviation). Steady ones come first."""
BETTER = 0.1
"""Others must foretell the onsets better by so much, as a logarithm."""
LATEST = 6.0
"""The last onsets tell that: an older one counts a third after so long."""
LEAST_KERNEL = 0.010
"""The kernel in beats, at least."""
NARROWED = 0.7
"""How far each onset is moved towards the mean of its place: the place keeps its deviation
from the beat, but is less spread than hands are."""
SHARPER = 0.3
"""The kernel of the groove, as a share of that by which onsets are foretold: hands scatter more
than an answer has to."""
FEWEST = 4
"""Fewer moments tell no groove."""
FOLDS = (1, 2, 4)
PRIOR = np.array([1.5, 0.8, 0.3, 0.2])
"""Onsets, already seen, that were foretold by the same place, half and quarter of a beat,
and nothing."""
DOUBT = 0.05
"""A share below this may be chance, and is left out."""
STRAY = 0.004
"""The share of the flat density, at least."""
ROUNDS = 12
GAIN = 0.1
"""Where onsets are foretold worse than by so much, as a logarithm, there is no groove."""
END_GAIN = 0.7
"""The same for ends of notes, which few players place in the beat."""
BEND = 0.01
"""How far the beat may be corrected, as a share of it."""


def groove_of(pulse: Pulse, beats: Beats | None, strength: float = 1.0) -> Groove | None:
    """Return a player's groove on some beats, at a strength from 0 to 1; None without one."""
    if beats is None or strength <= 0.0:
        return None
    groove = learned(pulse.moments, beats, pulse.spread)
    if groove is None:
        return None
    return replace(groove, ends=_ends(pulse.releases, groove.beats)).softened(strength)


def learned(moments: Array, beats: Beats, spread: float = 0.0) -> Groove | None:
    """Return the groove of what was played; None where nothing tells one.

    Parameters
    ----------
    moments : float64 array, shape (moments,)
        When something was struck, sorted; chords once.
    beats : Beats
        The beats as they were heard.
    spread : float
        The time from one note of their chords to the next, in the mean.
    """
    if len(moments) < FEWEST:
        return None
    best: _Fit | None = None
    for memory, kernel in HANDS:
        fit = _fitted(moments, beats, memory, kernel)
        if best is None or fit.gain > best.gain + BETTER:
            best = fit
    if best is None or best.gain < GAIN:
        return None
    return best.groove(spread)


def _ends(releases: Array, beats: Beats) -> Groove | None:
    """Return where in the beat notes end; None where they end anywhere."""
    if len(releases) < FEWEST:
        return None
    fit = _fitted(releases, replace(beats, given=True), *HANDS[0])
    return fit.groove(0.0) if fit.gain >= END_GAIN else None


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Onsets at their places in the beat, and how well they are foretold.

    Attributes
    ----------
    beats : Beats
        The beats, corrected.
    places, weights : float64 array, shape (moments,)
        The places of the onsets, in beats, and what they weigh.
    away : float64 array, shape (moments, moments)
        How far each place is from each, in beats.
    width : float
        The kernel, in beats.
    shares : float64 array, shape (4,)
        What foretells the onsets.
    gain : float
        How much better than a flat density they are foretold, as a logarithm.
    """

    beats: Beats
    places: Array
    weights: Array
    away: Array
    width: float
    shares: Array
    gain: float

    def groove(self, spread: float) -> Groove:
        """Return the groove."""
        near = _kernel(self.away, self.width) * self.weights
        moved = self.places + NARROWED * (near * self.away).sum(axis=1) / near.sum(axis=1)
        density = _density(moved, self.weights, SHARPER * self.width)
        mixed = np.full(POINTS, max(float(self.shares[-1]) - DOUBT, STRAY))
        for fold, share in zip(FOLDS, self.shares, strict=False):
            mixed += max(float(share) - DOUBT, 0.0) * _folded(density, fold)
        return Groove.of(self.beats, mixed, spread)


def _fitted(moments: Array, beats: Beats, memory: float, kernel: float) -> _Fit:
    """Return the places of moments in the beat, for a memory and a kernel in seconds."""
    weights = np.exp((moments - moments[-1]) / memory)
    beats = beats if beats.given else refined(moments, weights, beats, kernel)
    width = max(kernel / beats.period, LEAST_KERNEL)
    places = (moments - beats.anchor) / beats.period % 1.0
    away = _wrapped(places[np.newaxis, :] - places[:, np.newaxis])
    shares, foretold = _shares(away, weights, width)
    latest = np.exp((moments - moments[-1]) / LATEST)
    gain = float(latest @ np.log(foretold) / latest.sum())
    return _Fit(beats, places, weights, away, width, shares, gain)


def refined(moments: Array, weights: Array, beats: Beats, kernel: float) -> Beats:
    """Return beats whose length fits best the onsets at equal places in the beat."""
    period, anchor = beats.period, beats.anchor
    anchor += np.round((moments[-1] - anchor) / period) * period
    for _ in range(3):
        since = (moments - anchor) / period
        width = max(1.5 * kernel / period, LEAST_KERNEL)
        away = _wrapped(since[np.newaxis, :] - since[:, np.newaxis])
        near = _kernel(away, width) * weights
        near /= near.sum(axis=1, keepdims=True)
        late = -(near * away).sum(axis=1)
        after = since - near @ since
        spread = float(weights @ after**2)
        if spread < 1e-6:
            break
        slope = float(weights @ (after * late)) / spread
        period *= 1.0 + min(max(slope, -0.005), 0.005)
    if abs(period / beats.period - 1.0) > BEND:
        return beats
    return Beats(period, float(anchor), beats.confidence)


def _shares(away: Array, weights: Array, width: float) -> tuple[Array, Array]:
    """Return what foretells onsets, and the density that each has by the others."""
    others = np.broadcast_to(weights, away.shape).copy()
    np.fill_diagonal(others, 0.0)
    others /= others.sum(axis=1, keepdims=True)
    foretold = np.ones((len(weights), len(FOLDS) + 1))
    for index, fold in enumerate(FOLDS):
        folded = _wrapped(away * fold) / fold
        # A fold repeats the density so many times in a beat, each so much lower.
        foretold[:, index] = (others * _kernel(folded, width)).sum(axis=1) / fold
    shares = PRIOR / PRIOR.sum()
    for _ in range(ROUNDS):
        meant = foretold * shares
        meant /= meant.sum(axis=1, keepdims=True)
        counts = PRIOR + weights @ meant
        shares = counts / counts.sum()
    return shares, foretold @ shares


def _density(places: Array, weights: Array, width: float) -> Array:
    """Return the density of places in the beat, shape (960,), mean 1."""
    at = places % 1.0 * POINTS - 0.5
    below = np.floor(at)
    share = at - below
    index = below.astype(np.intp) % POINTS
    counts = np.bincount(index, weights * (1.0 - share), POINTS)
    counts += np.bincount((index + 1) % POINTS, weights * share, POINTS)
    kernel = _kernel(_wrapped(np.arange(POINTS) / POINTS), width)
    density = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(kernel), POINTS)
    density = np.maximum(density, 0.0)
    mean: Array = density / density.mean()
    return mean


def _folded(density: Array, fold: int) -> Array:
    """Return the mean of a density and itself moved by 1/fold of a beat, and so on."""
    part = density.reshape(fold, POINTS // fold).mean(axis=0)
    return np.tile(part, fold)


def _kernel(away: Array, width: float) -> Array:
    density: Array = np.exp(-0.5 * (away / width) ** 2) / (2.5066 * width)
    return density


def _wrapped(beats: Array) -> Array:
    """Return differences in beats, between -1/2 and 1/2."""
    return beats - np.round(beats)
