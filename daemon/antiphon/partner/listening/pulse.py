"""The pulse of the session: how long a beat is and when the next ones fall.

It hears the player's strokes one by one. Notes that begin together are one moment, which
counts more the lower, the louder and the fuller it is. Several suppositions of the beat
(`Tracks`) follow the moments; the likeliest is the pulse, and another takes its place
only when it has been clearly likelier. Every few moments the intervals of what was
played last propose other beats, so that a change of tempo is found. While nothing is
heard the beats go on. Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.pulse import LEAST_MOMENTS, likely_beats
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.tracks import Tracks

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT = 96
"""Moments that are kept."""
PROPOSING = 4
"""Every so many moments other beats are proposed."""
LOOKED_AT = 48
"""From so many moments."""
REPLAYED = 16
"""A proposed track hears so many of the last moments, to be compared with the others."""
MOST = 12
"""Tracks that are kept."""
ALIKE_PERIOD, ALIKE_PLACE = 0.015, 0.08
"""Tracks closer than this, in natural log and in beats, are one."""
MARGIN = 2.5
"""How much likelier another track must be to take over, as a logarithm."""
OCTAVE_MARGIN = 9.0
"""The same for one of half or double the beat, whose grid is the same."""
PROVED = 5
"""For so many moments in a row."""


class Pulse:
    """Follows one player."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._weights: list[float] = []
        self._count = 0
        self._open: list[tuple[float, float]] = []  # (time, weight) of the moment's notes
        self._tracks: Tracks | None = None
        self._chosen = 0
        self._lead = 0
        self._bass = 60.0
        self._loud = 64.0

    def strike(self, time: float, pitch: int, velocity: int) -> None:
        """Hear the player strike a note."""
        if self._open and time - self._open[0][0] >= CHORD_SPAN:
            self._close()
        weight = 1.0 + 0.04 * (self._bass - pitch) + 0.012 * (velocity - self._loud)
        self._open.append((time, min(max(weight, 0.5), 2.0)))
        self._bass += 0.05 * (pitch - self._bass)
        self._loud += 0.05 * (velocity - self._loud)

    @property
    def moments(self) -> NDArray[np.float64]:
        """When the last moments were, sorted."""
        self._close()
        return np.array(self._times)

    def beats(self) -> Beats | None:
        """Return the beats as they are now; None where too little was heard."""
        self._close()
        tracks = self._tracks
        if tracks is None:
            return None
        sure = float(np.clip(tracks.fit[self._chosen] / 0.9, 0.0, 1.0))
        return Beats(
            float(tracks.period[self._chosen]), float(tracks.beat[self._chosen]), sure
        )

    def _close(self) -> None:
        """Hear the moment that is over."""
        if not self._open:
            return
        times, weights = zip(*self._open, strict=True)
        self._open = []
        time = float(np.dot(times, weights) / sum(weights))
        weight = min(max(weights) * (1.0 + 0.1 * (len(times) - 1)), 2.5)
        if self._times and time <= self._times[-1]:
            return
        self._times.append(time)
        self._weights.append(weight)
        del self._times[:-KEPT], self._weights[:-KEPT]
        self._count += 1
        if self._tracks is not None:
            self._tracks.hear(time, weight, self._intervals(len(self._times) - 1), self._count)
        early = self._count < 3 * PROPOSING
        if len(self._times) >= LEAST_MOMENTS and (early or self._count % PROPOSING == 0):
            self._propose()
        self._choose()

    def _intervals(self, index: int) -> NDArray[np.float64]:
        """Return the logarithms of the intervals that end with a moment."""
        before = self._times[max(index - 4, 0) : index][::-1]
        return np.log([self._times[index] - time for time in before])

    def _propose(self) -> None:
        """Begin tracks with the beats that the last intervals tell."""
        times = np.array(self._times[-LOOKED_AT:])
        first = max(len(self._times) - REPLAYED, 0)
        replayed = np.array(self._times[first:])
        weights = np.array(self._weights[first:])
        periods, beats = [], []
        proposed = [*likely_beats(times, 5), *likely_beats(replayed[-10:], 3)]
        gap = float(np.median(np.diff(replayed)))
        proposed += [gap / parts for parts in (1, 2, 4, 8) if 0.3 < gap / parts < 1.3]
        for period in proposed:
            for anchor in _phases(replayed[:8], weights[:8], period):
                periods.append(period)
                beats.append(anchor - period * math.ceil((anchor - replayed[0]) / period))
        new = Tracks.begun(periods, beats)
        for number, (time, weight) in enumerate(zip(replayed, weights, strict=True)):
            new.hear(float(time), float(weight), self._intervals(first + number), 1 + number)
        tracks = self._tracks
        self._tracks = new if tracks is None else tracks.joined(new)
        self._prune()

    def _prune(self) -> None:
        """Keep the pulse, and of the others the likeliest that differ."""
        tracks = self._tracks
        if tracks is None:
            return
        order = np.argsort(-tracks.merit, kind="stable").tolist()
        if self._count > LEAST_MOMENTS:
            order.remove(self._chosen)
            order.insert(0, self._chosen)
        kept: list[int] = []
        period, beat = tracks.period, tracks.beat
        for index in order:
            places = (beat[kept] - beat[index]) / period[index] if kept else np.empty(0)
            alike = (np.abs(np.log(period[kept] / period[index])) < ALIKE_PERIOD) & (
                np.abs(places - np.round(places)) < ALIKE_PLACE
            )
            if not np.any(alike):
                kept.append(index)
            if len(kept) == MOST:
                break
        self._tracks = tracks.chosen(np.array(kept, dtype=np.intp))
        self._chosen = 0

    def _choose(self) -> None:
        """Let another track be the pulse, if it has been clearly likelier for some moments."""
        tracks = self._tracks
        if tracks is None:
            return
        merit = tracks.merit
        best = int(np.argmax(merit))
        octaves = math.log2(tracks.period[best] / tracks.period[self._chosen])
        octave = abs(octaves) > 0.5 and abs(octaves - round(octaves)) < 0.04
        margin = OCTAVE_MARGIN if octave else MARGIN
        if merit[best] - merit[self._chosen] > margin:
            self._lead += 1
        else:
            self._lead = 0
        if self._lead >= PROVED or (self._count < 2 * PROPOSING and best != self._chosen):
            self._chosen, self._lead = best, 0


def _phases(
    times: NDArray[np.float64], weights: NDArray[np.float64], period: float
) -> list[float]:
    """Return the two likeliest beats among moments."""
    away = (times[None, :] - times[:, None]) / period
    off = away - np.round(away)
    on_beat = np.exp(-0.5 * (off / 0.06) ** 2)
    between = np.exp(-0.5 * ((np.abs(off) - 0.5) / 0.06) ** 2)
    told = (on_beat + 0.5 * between) @ weights
    best = int(np.argmax(told))
    told = np.where(on_beat[best] > 0.3, -1.0, told)
    second = int(np.argmax(told))
    found = []
    for index in {best, second}:
        share = on_beat[index] * weights
        shift = float(share @ off[index]) / float(share.sum())
        found.append(float(times[index]) + shift * period)
    return found
