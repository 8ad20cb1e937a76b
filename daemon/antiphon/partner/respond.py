"""One answer to a phrase, from reading the window to the last note.

Times are seconds of the session's clock. An answer first reads its seed, a few
notes at a time, then is told when to begin, then is drawn note by note.

The seed is read anew for every answer, in the shadow of the pause, rather than
along with the player: only now are the durations of his notes known (read while
they sound they would all be "held"), nothing has to be rolled back where he took
over, and nothing is computed while he plays. It costs 64 calls of a quarter of
a millisecond, when nobody waits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.constraints import thin_enough_at, voice_free_at
from antiphon.partner.improviser import Improviser, Place

if TYPE_CHECKING:
    from antiphon.music.note import Note, NoteArray

_MEMORY = 1.0
"""Seconds for which ended notes still count, for `notes_per_second`."""

_FEWEST = 3
"""No gap is longer than the answer divided by this."""


class Answer:
    """Reads a seed and continues it, for as long as the phrase was.

    Parameters
    ----------
    improviser : Improviser
        Draws the notes.
    seed : array of NOTE_DTYPE
        What was played last, as `Window.snapshot` gives it.
    version : int
        That of the window when the seed was taken.
    """

    def __init__(self, improviser: Improviser, seed: NoteArray, version: int) -> None:
        self.version = version
        self._improviser = improviser
        codec = improviser.codec
        start = np.array([codec.start], dtype=np.int32)
        rows = np.concatenate([start, codec.encode(seed)])
        # A step reads its last row itself, so that one is not read ahead.
        self._unread = rows[:-1]
        onset = float(seed["onset"][-1]) if len(seed) else -math.inf
        self._place = Place(improviser.predictor.initial_state(), rows[-1], onset)
        self._recent: list[Note] = []
        self._begin = self._end = math.inf
        self._rng = np.random.default_rng(0)
        self._finished = False

    @property
    def ready(self) -> bool:
        """Whether the seed has been read."""
        return len(self._unread) == 0

    @property
    def begun(self) -> bool:
        """Whether it was told to begin."""
        return math.isfinite(self._begin)

    @property
    def finished(self) -> bool:
        """Whether its last note was drawn."""
        return self._finished

    @property
    def next_draw(self) -> float:
        """When the next note should be drawn."""
        if not self._recent:
            return -math.inf
        return self._place.onset - self._improviser.settings.horizon

    def read(self, calls: int) -> int:
        """Read on in the seed, one call a note, and return the calls that are left."""
        rows, self._unread = self._unread[:calls], self._unread[calls:]
        if len(rows):
            state = self._improviser.predictor.prime(self._place.state, rows)
            self._place = Place(state, self._place.row, self._place.onset)
        return calls - len(rows)

    def begin(self, time: float, phrase: float, rng: np.random.Generator) -> None:
        """Fix when it begins, and how long it lasts after a phrase of so many seconds.

        `rng` gives the numbers that choose its notes.
        """
        settings = self._improviser.settings
        self._begin = time
        self._end = time + min(max(phrase, settings.shortest), settings.longest)
        self._rng = rng

    def draw(self, now: float) -> tuple[Note | None, int]:
        """Draw the next note; None where it would come after the end.

        Also returns how often the instrument was called. No onset is nearer to
        `now` than half the lead.
        """
        bounds = self._bounds(now)
        note, place, calls = self._improviser.draw(self._place, bounds, self._recent, self._rng)
        if note.onset > self._end:
            self._finished = True
            return None, calls
        self._place = place
        since = note.onset - _MEMORY
        self._recent = [n for n in self._recent if n.onset > since or _ends_after(n, note.onset)]
        self._recent.append(note)
        return note, calls

    def _bounds(self, now: float) -> tuple[float, float]:
        """Return the earliest and the latest onset of the next note."""
        settings = self._improviser.settings
        ahead = now + settings.lead / 2
        if not self._recent:
            earliest = max(self._begin, ahead)
            return earliest, earliest + settings.first_note_within
        previous = self._place.onset
        gap = min(settings.longest_gap, (self._end - self._begin) / _FEWEST)
        latest = max(previous + gap, ahead)
        thin = thin_enough_at(self._recent, settings.notes_per_second)
        free = min(voice_free_at(self._recent, settings.voices), latest)
        return max(previous, ahead, thin, free), latest


def _ends_after(note: Note, time: float) -> bool:
    return note.end is not None and note.end > time
