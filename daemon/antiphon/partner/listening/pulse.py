"""The pulse of the session: how long a beat is and when the next ones fall.

It hears the player's strokes one by one. Notes that begin together are one moment, which
counts more the lower, the louder and the fuller it is. Several suppositions of the beat
(`Tracks`) follow the moments; the likeliest is the pulse, and another takes its place
only when it has been clearly likelier. Every few moments the intervals of what was
played last propose other beats; where the pulse is surprised, `Changes` propose that the
tempo has just changed. While nothing is heard the beats go on. Times are seconds of the
session's clock.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.chords import CHORD_SPAN
from antiphon.music.pulse import LEAST_MOMENTS
from antiphon.partner.listening.changes import Changes
from antiphon.partner.listening.intervals import intervals_before
from antiphon.partner.listening.octave import Octave
from antiphon.partner.listening.proposals import ALIKE_PERIOD, likely_phases, proposals
from antiphon.partner.listening.taking_over import FAR, LOST, asked
from antiphon.partner.listening.tracks import Tracks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.music.note import NoteArray
    from antiphon.partner.listening.beats import Beats

KEPT = 96
"""Moments that are kept."""
PROPOSING = 4
"""Every so many moments other beats are proposed."""
REPLAYED, REPLAYED_LOST = 12, 8
"""A proposed track hears so many of the last moments, to be compared with the others; fewer
where the pulse has lost the player, for the older ones are of another beat."""
MOST = 14
"""Tracks that are kept."""
ALIKE_PLACE = 0.08
"""Tracks of nearly one period that are closer than this, in beats, are one."""
SURE = 0.8
"""How much likelier than without a beat onsets are of which the pulse is sure, as a logarithm."""
ENOUGH = 4
"""So many moments of a phrase tell its groove without those before it."""
CARRIED = 3.0
"""How much likelier than a new one the pulse is to go on in the next phrase, as a logarithm."""
LOW, LOUD, FULL = 0.04, 0.012, 0.1
"""What a semitone lower, a step of velocity more, and one more note of a chord add to the
weight of a moment, which is 1."""
USED_TO = 0.05
"""How fast the usual pitch and loudness follow the player."""
MOST_WAITING = 16
"""Strokes that wait; where nobody calls `follow`, more are followed as they come."""


class Pulse:
    """Follows one player.

    `strike` only keeps what was struck, so that nothing waits for it; `follow` does the
    work. What comes of it depends on the strokes alone, not on when `follow` was called.

    Attributes
    ----------
    spread : float
        The time from one note of a chord to the next, in the mean of the last chords.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, int, int, bool]] = deque()
        self._releases: deque[float] = deque(maxlen=KEPT)
        self._times: list[float] = []
        self._weights: list[float] = []
        self._count = 0
        self._begun = 0
        self._turned = 0
        self._tracks: Tracks | None = None
        self._chosen = 0
        self._lead = 0
        self._octave = Octave()
        self._lost = 0
        self._changes = Changes()
        self._beats: Beats | None = None
        self._bass = 60.0
        self._loud = 64.0
        self.spread = 0.003

    @property
    def moments(self) -> NDArray[np.float64]:
        """When the moments of the phrase were, sorted; those that were followed.

        Those before it are among them only where the phrase is too short to tell a groove, and
        those of another tempo only where too few moments have passed since.
        """
        enough = not self._kept or self._heard >= ENOUGH
        first = self._first if enough else 0
        if self._count - self._turned >= ENOUGH:
            first = max(first, len(self._times) - 1 - (self._count - self._turned))
        return np.array(self._times[first:])

    @property
    def releases(self) -> NDArray[np.float64]:
        """When the last of the player's notes ended since the first of the moments, sorted."""
        releases = np.sort(np.array(self._releases))
        return releases[releases > self.moments[0]] if self._times else releases

    def beats(self) -> Beats | None:
        """Return the beats after what was followed; None where that is too little."""
        return self._beats

    def phase(self, period: float, near: float) -> float:
        """Return when a beat of a given length falls, near a time, by what was followed."""
        if not self._times:
            return near
        times, weights = np.array(self._times), np.array(self._weights)
        anchor = likely_phases(times, weights, np.array([period]))[0][0]
        return anchor + round((near - anchor) / period) * period

    @property
    def _heard(self) -> int:
        """How many moments of the phrase were followed."""
        return self._count - self._begun

    @property
    def _first(self) -> int:
        """Which of the moments that are kept is the first of the phrase."""
        return max(len(self._times) - self._heard, 0)

    @property
    def _kept(self) -> bool:
        """Whether the pulse is that of the phrases before."""
        return self._tracks is None or bool(self._tracks.carried[self._chosen])

    def strike(self, time: float, pitch: int, velocity: int, *, begins: bool = False) -> None:
        """Keep a stroke of the player's; it may begin a phrase, after an answer."""
        self._waiting.append((time, pitch, velocity, begins))
        if len(self._waiting) > MOST_WAITING:
            self._next()

    def release(self, time: float) -> None:
        """Keep when a note of the player's ended."""
        self._releases.append(time)

    def follow(self, now: float, most: int = KEPT) -> None:
        """Follow the moments that are over by a time, so many at most."""
        while most and self._waiting and self._waiting[0][0] + CHORD_SPAN <= now:
            self._next()
            most -= 1

    def _next(self) -> None:
        """Follow the moment that waits first."""
        begun, _, _, begins = self._waiting[0]
        if begins:
            self._begin()
        times, weights = [], []
        while self._waiting and self._waiting[0][0] - begun < CHORD_SPAN:
            time, pitch, velocity, _ = self._waiting.popleft()
            weight = 1.0 + LOW * (self._bass - pitch) + LOUD * (velocity - self._loud)
            times.append(time)
            weights.append(min(max(weight, 0.5), 2.0))
            self._bass += USED_TO * (pitch - self._bass)
            self._loud += USED_TO * (velocity - self._loud)
        if len(times) > 1:
            gap = (max(times) - begun) / (len(times) - 1)
            self.spread += USED_TO * 2.0 * (gap - self.spread)
        time = float(np.dot(times, weights) / sum(weights))
        if not self._times or time > self._times[-1]:
            self._hear(time, min(max(weights) * (1.0 + FULL * (len(times) - 1)), 2.5))

    def _begin(self) -> None:
        """Begin a phrase: the pulse goes on, but has to prove itself beside new ones."""
        self._begun = self._count
        self._lead = self._lost = 0
        self._changes.forget()
        self._octave.begin(self._beats)
        if self._tracks is not None:
            self._tracks = self._tracks.carried_on(self._chosen, CARRIED)
            self._chosen = 0

    def _hear(self, time: float, weight: float) -> None:
        self._times.append(time)
        self._weights.append(weight)
        del self._times[:-KEPT], self._weights[:-KEPT]
        self._count += 1
        if self._tracks is not None:
            self._follow(self._times[self._first :], self._weights[self._first :])
        if self._heard >= LEAST_MOMENTS and self._heard % self._every() == 0:
            self._propose()
        self._choose()
        if self._tracks is not None:
            self._changes.remember(self._tracks.chosen([self._chosen]))

    def _follow(self, times: list[float], weights: list[float]) -> None:
        """Let the tracks hear the last moment of the phrase; its tempo may have changed."""
        tracks = self._tracks
        if tracks is None:
            return
        tracks.hear(times[-1], weights[-1], intervals_before(times, len(times) - 1), self._count)
        pulse = tracks.chosen([self._chosen])
        for changed in self._changes.proposed(pulse, times, weights, self._count):
            tracks = tracks.joined(changed)
        if tracks is not self._tracks:
            self._tracks = tracks
            self._prune()

    def _every(self) -> int:
        """Return after how many moments other beats are proposed: the less sure, the sooner."""
        if self._tracks is None or self._heard < 2 * PROPOSING:
            return 1
        fit = float(self._tracks.fit[self._chosen])
        self._lost = self._lost + 1 if fit < LOST else 0
        if 0 < self._lost <= 2 * PROPOSING:
            return 2
        return 2 * PROPOSING if fit < LOST else PROPOSING if fit < SURE else 4 * PROPOSING

    def _propose(self) -> None:
        """Begin tracks with the beats that the last intervals tell."""
        most = REPLAYED_LOST if self._lost else REPLAYED
        old = self._tracks
        times, weights = self._times[self._first :], self._weights[self._first :]
        first = max(len(times) - most, 0)
        new = Tracks.begun(*proposals(times, weights, times[first], old))
        for index in range(first, len(times)):
            new.hear(
                times[index], weights[index], intervals_before(times, index), 1 + index - first
            )
        self._tracks = new if old is None else old.joined(new)
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
        alike = tracks.alike(ALIKE_PERIOD, ALIKE_PLACE)
        kept: list[int] = []
        known = np.zeros(len(tracks), dtype=np.bool_)
        for index in order:
            if not known[index]:
                kept.append(index)
                known |= alike[:, index]
            if len(kept) == MOST:
                break
        self._tracks = tracks.chosen(kept)
        self._chosen = 0

    def _choose(self) -> None:
        """Let another track be the pulse, if it has been clearly likelier for some moments."""
        tracks = self._tracks
        if tracks is None:
            return
        chosen = self._chosen
        lost = tracks.fit[chosen] < LOST
        merit = tracks.merit
        self._octave.follow(tracks, chosen, merit, self._count if self._kept else self._heard)
        if lost:
            merit = np.where(merit > merit.max() - FAR, tracks.recent, -np.inf)
            merit[chosen] = tracks.recent[chosen]
        best = int(np.argmax(merit))
        better = float(merit[best] - merit[chosen])
        margin, proved = asked(tracks, chosen, best, better)
        self._lead = self._lead + 1 if better > margin else 0
        early = self._heard < 2 * PROPOSING
        if self._lead >= proved or (early and best != chosen):
            self._take(tracks, best, new=early and not self._kept)
        chosen = self._chosen
        sure = float(np.clip(tracks.fit[chosen] / SURE, 0.0, 1.0))
        period, beat = float(tracks.period[chosen]), float(tracks.beat[chosen])
        self._beats = self._octave.told(period, beat, sure, self._beats)

    def _take(self, tracks: Tracks, best: int, *, new: bool) -> None:
        """Let a track be the pulse; `new` tells that what was told before counts no more."""
        # A beat in another tempo is as many octaves from what is told as the beat before it.
        before = tracks.period[best if tracks.changed[best] else self._chosen]
        self._octave.take(tracks.period[best], None if new else before)
        self._chosen, self._lead = best, 0
        self._turned = max(self._turned, int(tracks.changed[best]))
        tracks.changed[best] = 0.0
        self._changes.forget()


def pulse_of(notes: NoteArray) -> Pulse:
    """Return the pulse of notes that are heard at once, sorted by onset."""
    pulse = Pulse()
    for onset, pitch, velocity in notes[["onset", "pitch", "velocity"]].tolist():
        pulse.strike(onset, pitch, velocity)
    pulse.follow(math.inf)
    ends = notes["onset"] + notes["duration"]
    for end in np.sort(ends[np.isfinite(ends)]).tolist():
        pulse.release(end)
    return pulse
