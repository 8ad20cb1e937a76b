"""Which beats the last moments may have: what new tracks begin with. Times are seconds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.pulse import likely_beats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.partner.listening.tracks import Tracks

LOOKED_AT, LATEST = 48, 7
"""Moments whose intervals tell beats: of the last while, and just now."""
MOST, MOST_LATEST = 4, 3
"""Beats that each tells, at most."""
GAPS = 12
"""Moments whose median gap, or a half or a quarter of it, may be a beat: slow chords."""
PHASES = 8
"""Moments that tell where beats fall: the first of those that a new track hears."""
ALIKE_PERIOD = 0.015
"""Beats closer than this, in natural log, are one."""
SHORTEST, LONGEST = 0.3, 1.3


def proposals(
    times: Sequence[float], weights: Sequence[float], begin: float, tracks: Tracks | None
) -> tuple[list[float], list[float]]:
    """Return likely beats: how long they are, and when one of them fell.

    Parameters
    ----------
    times, weights : sequence of float
        The last moments, three at least, and what they weigh.
    begin : float
        From when on a new track hears them: the beats fall in the beat before.
    tracks : Tracks or None
        Those there are: half and double of the likeliest is proposed too.
    """
    moments = np.array(times[-LOOKED_AT:])
    told = [*likely_beats(moments, MOST), *likely_beats(moments[-LATEST:], MOST_LATEST)]
    gap = float(np.median(np.diff(moments[-GAPS:])))
    told += [gap / parts for parts in (1, 2, 4, 8) if SHORTEST < gap / parts < LONGEST]
    first = sum(time < begin for time in times)
    near = np.array(times[first : first + PHASES])
    counts = np.array(weights[first : first + PHASES])
    differing = [
        period
        for number, period in enumerate(told)
        if all(abs(math.log(period / other)) >= ALIKE_PERIOD for other in told[:number])
    ]
    periods: list[float] = []
    beats: list[float] = []
    for period, anchors in zip(
        differing, likely_phases(near, counts, np.array(differing)), strict=True
    ):
        periods += [period] * len(anchors)
        beats += anchors
    if tracks is not None:
        best = int(np.argmax(tracks.merit))
        period, beat = float(tracks.period[best]), float(tracks.beat[best])
        for octave, later in ((2.0, 0.0), (2.0, period), (0.5, 0.0)):
            if SHORTEST <= period * octave <= LONGEST:
                periods.append(period * octave)
                beats.append(beat + later)
    pairs = zip(periods, beats, strict=True)
    return periods, [beat - period * math.ceil((beat - begin) / period) for period, beat in pairs]


def likely_phases(
    times: NDArray[np.float64], weights: NDArray[np.float64], periods: NDArray[np.float64]
) -> list[list[float]]:
    """Return when a beat of each length falls, by the onset that others speak for; at most two."""
    away = (times - times[:, np.newaxis]) / periods[:, np.newaxis, np.newaxis]
    off = away - np.rint(away)
    on_beat = np.exp(-0.5 * (off / 0.06) ** 2)
    between = np.exp(-0.5 * ((np.abs(off) - 0.5) / 0.06) ** 2)
    told = (on_beat + 0.5 * between) @ weights
    shares = on_beat * weights
    shifts = (shares * off).sum(axis=2) / shares.sum(axis=2) * periods[:, np.newaxis]
    anchors = times + shifts
    each = np.arange(len(periods))
    first = told.argmax(axis=1)
    second = np.where(on_beat[each, first] > 0.3, -1.0, told).argmax(axis=1)
    return [
        [one[a], one[b]] if a != b else [one[a]]
        for one, a, b in zip(anchors.tolist(), first.tolist(), second.tolist(), strict=True)
    ]
