"""A line of notes that the partner plans and draws note by note.

Times are seconds of the session's clock. Whoever plays a line (a mode on stage,
`compose`, `evaluate`) decides when it begins, how long it lasts, and when its
notes are drawn and taken.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.partner.line.place import Bounds, Progress
from antiphon.partner.line.rules import thin_enough_at, voice_free_at

if TYPE_CHECKING:
    import numpy as np

    from antiphon.music.note import Note
    from antiphon.partner.line.improviser import Improviser
    from antiphon.partner.line.place import Place

_RECENT = 1.0
"""Seconds for which ended notes still count, for `notes_per_second`."""

_FEWEST = 3
"""No gap is longer than the line divided by this."""


class Line:
    """Continues from a place, within a beginning and an end.

    Parameters
    ----------
    improviser : Improviser
        Draws the notes, tuned to what was read.
    place : Place
        What was read.
    begin : float
        When its first note may begin.
    seconds : float
        How long it lasts, within the settings' `shortest` and `longest`.
    rng : Generator
        Gives the numbers that choose its notes.
    """

    def __init__(
        self,
        improviser: Improviser,
        place: Place,
        begin: float,
        seconds: float,
        rng: np.random.Generator,
    ) -> None:
        self._improviser = improviser
        self._place = place
        self._rng = rng
        self._drawn: list[Note] = []
        self.go_on(begin, seconds)

    @property
    def begins(self) -> float:
        """When its first note may begin."""
        return self._begin

    @property
    def ends(self) -> float:
        """When its last note may begin."""
        return self._end

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

    def go_on(self, begin: float, seconds: float) -> None:
        """Begin another stretch of the line, from where it is."""
        settings = self._improviser.settings
        seconds = min(max(seconds, settings.shortest), settings.longest)
        self._begin, self._end = self._improviser.span(self._place, begin, seconds)
        self._recent: list[Note] = []
        self._progress = Progress(self._begin)
        self._finished = False

    def draw(self, now: float) -> None:
        """Draw on, by one call of the instrument; `take` gives what was drawn.

        No onset is nearer to `now` than half the lead.
        """
        bounds = self._bounds(now)
        improviser = self._improviser
        draft = improviser.prepare(self._place, bounds, self._recent, self._rng)
        prediction = improviser.predictor.step(draft.ask)
        notes, place = improviser.finish(draft, prediction, self._recent)
        if notes and notes[0].onset > self._end:
            self._finished = True
            return
        self._place = place
        self._progress = self._progress.after(notes)
        for note in notes:
            since = note.onset - _RECENT
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
            latest = earliest + settings.first_note_within
            return Bounds(earliest, latest, gap, self._end, self._progress)
        previous = self._place.onset
        latest = max(previous + gap, ahead)
        thin = thin_enough_at(self._recent, settings.notes_per_second)
        free = min(voice_free_at(self._recent, settings.voices), latest)
        earliest = max(previous, ahead, thin, free)
        return Bounds(earliest, latest, gap, self._end, self._progress)


def _ends_after(note: Note, time: float) -> bool:
    return note.end is not None and note.end > time
