"""The octave of a beat: a beat, its half and its double make the same grid.

The likeliest track may be half or twice as long as the beat that was told before; the
beat that is told keeps its length. Times are seconds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from antiphon.partner.listening.tracks import Tracks

MARGIN, PROVED = 8.0, 16
"""How much likelier a track must be than one of the beat that is told, as a logarithm, and for
how many moments in a row, before the beat itself is halved or doubled."""
SETTLED = 32
"""After so many moments of a session, or of a phrase with a beat of its own, it is halved or
doubled no more."""
NEARLY = 0.04
"""How far a beat may be from another's power of 2 times, in octaves."""
SHORTEST_BEAT, LONGEST_BEAT = 0.3, 1.4


class Octave:
    """Keeps how many octaves the beat that is told is longer than that of its track."""

    def __init__(self) -> None:
        self._octave = 0
        self._lead = 0
        self._before = 0.0

    def begin(self, beats: Beats | None) -> None:
        """Begin a phrase: a power of 2 times these beats is told as long as they are."""
        self._before = 0.0 if beats is None else beats.period
        self._lead = 0

    def take(self, period: float, before: float | None) -> None:
        """Let a track take over.

        Parameters
        ----------
        period : float
            Its beat.
        before : float or None
            That of the track before, where what is told of it counts.
        """
        told = octaves(self._before, period) if self._before else None
        if told is None:
            apart = None if before is None else octaves(before, period)
            told = 0 if apart is None else self._octave + apart
        self._octave = told

    def follow(self, tracks: Tracks, chosen: int, merit: NDArray[np.float64], heard: int) -> None:
        """Halve or double the beat, if that has been much likelier for some moments.

        Parameters
        ----------
        tracks : Tracks
            The tracks.
        chosen : int
            Which of them is the pulse.
        merit : float64 array, shape (tracks,)
            How likely they are.
        heard : int
            For how many moments the pulse is known.
        """
        if self._octave == 0:
            self._lead = 0
            return
        apart = np.log2(tracks.period / tracks.period[chosen])
        told = np.abs(apart - self._octave) < NEARLY
        usual = float(merit[told].max()) if np.any(told) else -math.inf
        much = heard < SETTLED and merit[chosen] - usual > MARGIN
        self._lead = self._lead + 1 if much else 0
        if self._lead >= PROVED:
            self._octave = self._lead = 0
            self._before = 0.0

    def told(self, part: float, beat: float, confidence: float, last: Beats | None) -> Beats:
        """Return the beats of a track, as they are told.

        Parameters
        ----------
        part, beat : float
            How long a beat of the track is, and when one fell.
        confidence : float
            How sure that is.
        last : Beats or None
            What was told before.
        """
        while part * 2.0**self._octave > LONGEST_BEAT:
            self._octave -= 1
        while part * 2.0**self._octave < SHORTEST_BEAT:
            self._octave += 1
        period = part * 2.0**self._octave
        if self._octave > 0 and last is not None:
            before = [
                (beat - number * part - last.anchor) / period for number in range(2**self._octave)
            ]
            off = [abs(beats - round(beats)) for beats in before]
            beat -= off.index(min(off)) * part
        return Beats(period, beat, confidence)


def octaves(period: float, other: float) -> int | None:
    """Return how many octaves one beat is longer than another; None if it is not a power of 2."""
    apart = math.log2(period / other)
    return round(apart) if abs(apart - round(apart)) < NEARLY else None
