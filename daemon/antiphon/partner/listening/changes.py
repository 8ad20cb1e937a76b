"""Changes of tempo: what the pulse may have become a few moments ago.

Where the pulse was surprised by the last moments, the tempo may have changed at one of those
before: the moment at which it changed has its place in the beat in both tempi, and from there
on the beat has another length. Such a track has the score of the pulse up to that moment, less
a cost, so the two are compared by the moments since alone, and soon. Times are seconds.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.pulse import likely_beats
from antiphon.partner.listening.intervals import intervals_before
from antiphon.partner.listening.proposals import ALIKE_PERIOD
from antiphon.partner.listening.taking_over import LOST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.partner.listening.tracks import Tracks

FEWEST, MOST = 2, 5
"""After how many moments a change is proposed, at least and at most."""
LEAST_BEATS = 0.9
"""And after so many beats, at least: a trill is no other tempo."""
SURPRISES, AMONG = 2, 3
"""So many of the last moments were less likely than without a beat, the last one too."""
KNOWN = 8
"""Moments of a phrase that tell its tempo before it may change."""
LEAST_CHANGE, MOST_CHANGE = 0.04, math.log(1.6)
"""How much the tempo changes, in natural log: less is followed by the pulse as it is, and more
is another rhythm."""
COST = 18.0
"""How much less likely a change is than none, as a logarithm. With 16 there are 5 % more jumps in
36 songs of pop909's training set, and with 20 chords are followed a fifth of a beat later."""
LIKELY = 2
"""Beats that the intervals since the change tell, at most."""


class Changes:
    """Remembers the pulse as it was after each of the last moments."""

    def __init__(self) -> None:
        self._before: deque[Tracks] = deque(maxlen=MOST)

    def remember(self, pulse: Tracks) -> None:
        """Keep the pulse, a single track, as it is after a moment."""
        self._before.append(pulse)

    def forget(self) -> None:
        """Begin anew: another track is the pulse, or another phrase has begun."""
        self._before.clear()

    def proposed(
        self, pulse: Tracks, times: Sequence[float], weights: Sequence[float], count: int
    ) -> Iterator[Tracks]:
        """Yield tracks in other tempi, which have heard the last moment.

        Parameters
        ----------
        pulse : Tracks
            The pulse, a single track, after the last moment.
        times, weights : sequence of float
            The moments of the phrase, and what they weigh.
        count : int
            How many moments there were in the session.
        """
        latest = [pulse, *list(self._before)[:-AMONG:-1]]
        surprises = [bool(one.gain[0] < 0.0) for one in latest]
        if len(times) < KNOWN or not surprises[0] or sum(surprises) < SURPRISES:
            return
        last = len(times) - 1
        for since in range(FEWEST, min(MOST, len(self._before), last // 2) + 1):
            turn = last - since
            if self._before[-since].fit[0] < LOST:
                continue  # who keeps no tempo changes none
            periods = _periods(float(pulse.period[0]), times, turn)
            if periods:
                before = self._before[-since]
                tracks = before.in_other_tempi(times[turn], count - since, periods, COST)
                for index in range(turn + 1, len(times)):
                    tracks.hear(times[index], weights[index], intervals_before(times, index), count)
                yield tracks


def _periods(period: float, times: Sequence[float], turn: int) -> list[float]:
    """Return how long beats may be since a moment, which were of one length before.

    Either the same steps as before are so much faster or slower, or the intervals since
    then tell it. A half or a double of a beat is taken for the beat.
    """
    since = times[-1] - times[turn]
    same = period * since / (times[turn] - times[2 * turn + 1 - len(times)])
    found: list[float] = []
    for told in (same, *likely_beats(np.array(times[turn:]), LIKELY)):
        beat = told / 2.0 ** round(math.log2(told / period))
        known = any(abs(math.log(beat / one)) <= ALIKE_PERIOD for one in found)
        other = LEAST_CHANGE < abs(math.log(beat / period)) < MOST_CHANGE
        if other and not known and since > LEAST_BEATS * beat:
            found.append(beat)
    return found
