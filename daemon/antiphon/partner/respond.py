"""One answer to a phrase, from reading the window to the last note.

Times are seconds of the session's clock. An answer first reads its seed, a few
rows at a time, then is told when to begin, then is drawn note by note.

The seed is read anew for every answer, in the shadow of the pause, rather than
along with the player: only now are the durations of his notes known (read while
they sound they would all be "held"), nothing has to be rolled back where he took
over, and nothing is computed while he plays. It costs 64 calls of a quarter of
a millisecond, when nobody waits. The first notes are drawn there too, and kept
until the pause is over: an instrument that takes its time is punctual then.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from antiphon.partner.constraints import thin_enough_at, voice_free_at
from antiphon.partner.place import Bounds, Place

if TYPE_CHECKING:
    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.improviser import Improviser

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
    since : float
        When the player's last phrase began: it tells his tempo and loudness.
    """

    def __init__(
        self, improviser: Improviser, seed: NoteArray, version: int, since: float = -math.inf
    ) -> None:
        self.version = version
        self._improviser = improviser.tuned(seed[seed["onset"] >= since], seed)
        self._predictor = improviser.predictor
        codec = self._improviser.codec
        start = np.array([codec.start], dtype=np.int32)
        rows = np.concatenate([start, codec.encode(seed)])
        # A step reads its last row itself, so that one is not read ahead.
        self._unread = rows[:-1]
        onset = float(seed["onset"][-1]) if len(seed) else -math.inf
        self._place = Place(self._predictor.initial_state(), rows[-1], onset)
        self._read_place = self._place
        self._recent: list[Note] = []
        self._drawn: list[Note] = []
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
    def begins(self) -> float:
        """When its first note may begin."""
        return self._begin

    @property
    def finished(self) -> bool:
        """Whether its last note was drawn."""
        return self._finished

    @property
    def first(self) -> float | None:
        """When the first of the notes begins that wait to be taken."""
        return self._drawn[0].onset if self._drawn else None

    @property
    def next_draw(self) -> float:
        """When the next note should be drawn."""
        if not self._recent:
            return -math.inf
        return self._place.onset - self._improviser.settings.horizon

    def read(self, calls: int) -> int:
        """Read on in the seed, and return the calls that are left: a row is one.

        A window is read at once, which takes no call.
        """
        if self._predictor.window is not None:
            rows, self._unread = self._unread, self._unread[:0]
        else:
            rows, self._unread = self._unread[:calls], self._unread[calls:]
            calls -= len(rows)
        if len(rows):
            state = self._predictor.prime(self._place.state, rows)
            self._place = Place(state, self._place.row, self._place.onset)
        return calls

    def begin(self, time: float, phrase: float, rng: np.random.Generator) -> None:
        """Fix when it begins, and how long it lasts after a phrase of so many seconds.

        `rng` gives the numbers that choose its notes. To be told once more is to
        begin anew: what was drawn is forgotten.
        """
        if not self.begun:
            self._read_place = self._place
        settings = self._improviser.settings
        self._place = self._read_place
        self._recent, self._drawn = [], []
        seconds = min(max(phrase, settings.shortest), settings.longest)
        self._begin, self._end = self._improviser.span(self._place, time, seconds)
        self._rng = rng
        self._finished = False

    def draw(self, now: float) -> None:
        """Draw on, by one call of the instrument; `take` gives what was drawn.

        No onset is nearer to `now` than half the lead.
        """
        bounds = self._bounds(now)
        notes, place = self._improviser.draw(self._place, bounds, self._recent, self._rng)
        if notes and notes[0].onset > self._end:
            self._finished = True
            return
        self._place = place
        for note in notes:
            since = note.onset - _MEMORY
            self._recent = [
                n for n in self._recent if n.onset > since or _ends_after(n, note.onset)
            ]
            self._recent.append(note)
        self._drawn += notes

    def take(self) -> list[Note]:
        """Return the notes that were drawn since it was last called."""
        drawn, self._drawn = self._drawn, []
        return drawn

    def _bounds(self, now: float) -> Bounds:
        """Return what the next note must keep to."""
        settings = self._improviser.settings
        ahead = now + settings.lead / 2
        gap = min(settings.longest_gap, (self._end - self._begin) / _FEWEST)
        if not self._recent:
            earliest = max(self._begin, ahead)
            return Bounds(earliest, earliest + settings.first_note_within, gap, self._end)
        previous = self._place.onset
        latest = max(previous + gap, ahead)
        thin = thin_enough_at(self._recent, settings.notes_per_second)
        free = min(voice_free_at(self._recent, settings.voices), latest)
        return Bounds(max(previous, ahead, thin, free), latest, gap, self._end)


def _ends_after(note: Note, time: float) -> bool:
    return note.end is not None and note.end > time
