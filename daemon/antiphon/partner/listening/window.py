"""The last notes that were played, by the player and by the partner: the seed.

Times are seconds of the session's clock. The partner's notes are put in when
they are planned, ahead of their onset; `Window.snapshot` shows only what has
begun, and `Window.retract` takes back what will not be played after all.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.music.note import NOTE_DTYPE, SHORTEST_DURATION, Note, NoteArray, sort_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = -math.inf

KEPT = 3
"""Windows that are kept: two that may be read, and one for the notes that come meanwhile."""


@dataclass(slots=True, eq=False)
class Struck:
    """A note in the window; `end` is None while a key or the pedal holds it."""

    pitch: int
    onset: float
    velocity: int
    end: float | None
    own: bool


class Window:
    """A rolling window over what is played.

    Parameters
    ----------
    size : int
        It shows so many notes at most,
    seconds : float
        and none that began longer ago than this.

    Notes
    -----
    Three times as much is kept: what an instrument has read stays read until the
    window has moved on by its own length (`antiphon.partner.line.reading`).
    """

    def __init__(self, size: int = 64, seconds: float = 30.0) -> None:
        self.size = size
        self.seconds = seconds
        self._struck: list[Struck] = []
        self._own_until = NEVER
        self._version = 0

    def resize(self, size: int, seconds: float) -> None:
        """Show so much from now on; what is no longer kept does not come back."""
        if (size, seconds) != (self.size, self.seconds):
            self.size, self.seconds = size, seconds
            self._version += 1

    @property
    def version(self) -> int:
        """A number that differs after each change."""
        return self._version

    @property
    def own_until(self) -> float:
        """When the last of the partner's notes ends; minus infinity where there is none."""
        return self._own_until

    def press(self, pitch: int, onset: float, velocity: int) -> Struck:
        """Add a note of the player's, held from now on; give it back to `release`."""
        return self._add(Struck(pitch, onset, velocity, None, own=False), onset)

    def press_again(self, struck: Struck, velocity: int) -> None:
        """Hear the same stroke once more: it is held again, and as loud as its loudest."""
        struck.end = None
        struck.velocity = max(struck.velocity, velocity)
        self._version += 1

    def release(self, struck: Struck, time: float) -> None:
        """End a note that is held."""
        struck.end = max(time, struck.onset + SHORTEST_DURATION)
        self._version += 1

    def plan(self, note: Note, now: float) -> Struck:
        """Add a note that the partner will play; without a duration, it is held from then on.

        A note of its own that still sounds at the same pitch ends there, as it
        will on any instrument.
        """
        for before in self._struck:
            if before.own and before.pitch == note.pitch and before.onset <= note.onset:
                before.end = min(before.end or note.onset, note.onset)
        end = None if note.duration is None else note.onset + max(note.duration, SHORTEST_DURATION)
        self._own_until = max(self._own_until, math.inf if end is None else end)
        return self._add(Struck(note.pitch, note.onset, note.velocity, end, own=True), now)

    def retract(self, time: float, early: float = 0.0) -> None:
        """Remove the partner's notes planned after `time`; those that sound end at `time`.

        Each note has left so much before its onset as `early` says.
        """
        self._struck = [s for s in self._struck if not s.own or s.onset <= time + early]
        for struck in self._struck:
            if struck.own and (struck.end is None or struck.end > time):
                struck.end = max(time, struck.onset + SHORTEST_DURATION)
        self._own_until = NEVER
        self._version += 1

    def cancel(self, time: float) -> None:
        """Remove the partner's notes planned after `time`; those that sound go on to their end."""
        self._struck = [s for s in self._struck if not s.own or s.onset <= time]
        ends = [math.inf if s.end is None else s.end for s in self._struck if s.own]
        self._own_until = max(ends, default=NEVER)
        self._version += 1

    def snapshot(self, now: float) -> NoteArray:
        """Return the notes that have begun by `now`, an array of `NOTE_DTYPE`.

        Sorted by onset; the duration of what still sounds is NaN.
        """
        last = bisect_right(self._struck, now, key=_onset)
        return _as_notes(self._struck[self._oldest(now, last) : last], now)

    def since(self, onset: float, now: float) -> NoteArray:
        """Return the notes that began from `onset` to `now`, as `snapshot` does."""
        first = bisect_left(self._struck, onset, key=_onset)
        last = bisect_right(self._struck, now, key=_onset)
        return _as_notes(self._struck[first:last], now)

    def sides(self, notes: NoteArray) -> NDArray[np.bool_]:
        """Return which of the notes that `since` gave are the partner's, shape (notes,)."""
        own = {(s.onset, s.pitch) for s in self._struck if s.own}
        struck = zip(notes["onset"].tolist(), notes["pitch"].tolist(), strict=True)
        return np.fromiter((note in own for note in struck), np.bool_, len(notes))

    def players(self, now: float) -> NoteArray:
        """Return those of a snapshot that the player struck, as `snapshot` does."""
        last = bisect_right(self._struck, now, key=_onset)
        shown = self._struck[self._oldest(now, last) : last]
        return _as_notes([struck for struck in shown if not struck.own], now)

    def oldest(self, now: float) -> float:
        """Return when the first note of a snapshot began; infinity where it is empty."""
        last = bisect_right(self._struck, now, key=_onset)
        first = self._oldest(now, last)
        return self._struck[first].onset if first < last else math.inf

    def newest(self, now: float) -> float:
        """Return when the last note began that has begun by `now`; infinity without one."""
        last = bisect_right(self._struck, now, key=_onset)
        return self._struck[last - 1].onset if last else math.inf

    def count(self, onset: float, now: float) -> int:
        """Return how many notes began from `onset` to `now`."""
        first = bisect_left(self._struck, onset, key=_onset)
        return max(bisect_right(self._struck, now, key=_onset) - first, 0)

    def _oldest(self, now: float, last: int) -> int:
        first = bisect_left(self._struck, now - self.seconds, key=_onset)
        return max(first, last - self.size)

    def _add(self, struck: Struck, now: float) -> Struck:
        insort(self._struck, struck, key=_onset)
        self._version += 1
        begun = bisect_right(self._struck, now, key=_onset)
        old = bisect_left(self._struck, now - KEPT * self.seconds, key=_onset)
        del self._struck[: max(begun - KEPT * self.size, old)]
        return struck


def _onset(struck: Struck) -> float:
    return struck.onset


def _as_notes(struck: list[Struck], now: float) -> NoteArray:
    """Return notes as an array; the duration of what still sounds is NaN."""
    nan = math.nan
    rows = [
        (s.pitch, s.onset, nan if s.end is None or s.end > now else s.end - s.onset, s.velocity)
        for s in struck
    ]
    return sort_notes(np.array(rows, dtype=NOTE_DTYPE))
