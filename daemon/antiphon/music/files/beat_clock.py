"""The beats of a file in its seconds, and back.

A beat is a quarter, whatever the time signature; beats are counted from the start of
the file, and seconds too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DEFAULT_BEAT = 0.5
"""Seconds a beat where a file does not say."""

LAST_BEATS = 4.0
"""The tempo at the end of some music is the median of so many beats."""


@dataclass(frozen=True, slots=True, eq=False)
class BeatClock:
    """A tempo map, in beats and seconds; before the first change its tempo holds too.

    Attributes
    ----------
    beats : float64 array, shape (changes,)
        Where the tempo changes, ascending.
    seconds : float64 array, shape (changes,)
        When that is.
    lengths : float64 array, shape (changes,)
        The seconds of a beat from there on, above 0.
    """

    beats: Array
    seconds: Array
    lengths: Array

    @classmethod
    def of(cls, changes: Iterable[tuple[float, float]] = ()) -> Self:
        """Return the clock of a file that begins at beat 0 and second 0.

        Parameters
        ----------
        changes : iterable of (float, float)
            The beat of each change, and the seconds of a beat from there on, in any order.
            Of several at one beat the last counts; a change that changes nothing is left out.
        """
        in_order = sorted(changes, key=lambda change: change[0])
        lengths = {0.0: DEFAULT_BEAT} | dict(in_order)
        kept: list[tuple[float, float]] = []
        for beat, length in sorted(lengths.items()):
            if not kept or kept[-1][1] != length:
                kept.append((beat, length))
        beats, spans = np.array(kept, dtype=np.float64).T
        passed = np.cumsum(np.diff(beats) * spans[:-1])
        return cls(beats, np.concatenate([[0.0], passed]), spans)

    def beats_at(self, seconds: Array) -> Array:
        """Return the beats of some times."""
        place = np.maximum(np.searchsorted(self.seconds, seconds, side="right") - 1, 0)
        since: Array = (seconds - self.seconds[place]) / self.lengths[place]
        return self.beats[place] + since

    def seconds_at(self, beats: Array) -> Array:
        """Return the times of some beats."""
        place = np.maximum(np.searchsorted(self.beats, beats, side="right") - 1, 0)
        since: Array = (beats - self.beats[place]) * self.lengths[place]
        return self.seconds[place] + since

    def beat_at(self, seconds: float) -> float:
        """Return the beat of one time."""
        return float(self.beats_at(np.array([seconds]))[0])

    def second_at(self, beat: float) -> float:
        """Return the time of one beat."""
        return float(self.seconds_at(np.array([beat]))[0])

    def length_before(self, beat: float) -> float:
        """Return the seconds of a beat in the music that ends at a beat: see `LAST_BEATS`."""
        steps = np.arange(max(beat - LAST_BEATS, 0.0), beat, 0.25)
        if not len(steps):
            return float(self.lengths[0])
        place = np.searchsorted(self.beats, steps, side="right") - 1
        return float(np.median(self.lengths[np.maximum(place, 0)]))

    def steady_from(self, beat: float) -> Self:
        """Return the clock with the tempo before a beat kept from that beat on."""
        length, at = self.length_before(beat), self.second_at(beat)
        before = self.beats < beat
        if before.any() and length == self.lengths[before][-1]:
            return type(self)(self.beats[before], self.seconds[before], self.lengths[before])
        return type(self)(
            np.append(self.beats[before], beat),
            np.append(self.seconds[before], at),
            np.append(self.lengths[before], length),
        )

    def since(self, beat: float) -> Self:
        """Return the clock that begins, at 0, where a beat of this one is."""
        at = self.second_at(beat)
        place = max(int(np.searchsorted(self.beats, beat, side="right")) - 1, 0)
        beats, seconds = self.beats[place:] - beat, self.seconds[place:] - at
        beats[0], seconds[0] = 0.0, 0.0
        return type(self)(beats, seconds, self.lengths[place:])

    def moved(self, beats: float) -> Self:
        """Return the clock whose beats are counted from so many beats later."""
        return type(self)(self.beats - beats, self.seconds, self.lengths)
