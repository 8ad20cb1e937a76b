"""A line of notes that the partner plans and draws note by note.

Times are seconds of the session's clock. Whoever plays a line (a mode on stage,
`compose`, `evaluate`) decides when it begins, how long it lasts, and when its
notes are drawn and taken.
"""

from __future__ import annotations

import copy
import math
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from antiphon.music.note import Note
from antiphon.partner.line.drawing import Asked
from antiphon.partner.line.place import Bounds, Place, Progress
from antiphon.partner.line.rules import thin_enough_at, voice_free_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.drawing import Draft
    from antiphon.partner.line.improviser import Improviser
    from antiphon.partner.line.predictor import NextNote, Prediction

_RECENT = 1.0
"""Seconds for which ended notes still count, for `notes_per_second`."""

_FEWEST = 3
"""No gap is longer than the line divided by this."""


_SLOWEST = 5.0
"""A gap of the phrase that is longer was a rest."""


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """What one call drew, and where the line was after it."""

    notes: list[Note]
    place: Place
    recent: list[Note]
    progress: Progress


class Line:
    """Continues from a place, within a beginning and an end.

    What was drawn waits to be taken; until then it can be dropped and drawn anew.

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
    gap : float
        The longest of the phrase's gaps: so long may those of the line be, too.
    early : float
        So much before its onset each note leaves.
    """

    def __init__(
        self,
        improviser: Improviser,
        place: Place,
        begin: float,
        seconds: float,
        rng: np.random.Generator,
        gap: float = 0.0,
        early: float = 0.0,
    ) -> None:
        self._improviser = improviser
        self._gap = gap
        self._early = early
        self._rng = rng
        self._taken = _Step([], replace(place, taking=improviser.taking), [], Progress())
        self._drawn: deque[_Step] = deque()
        self._retry: Place | None = None
        self._finished = False
        self.go_on(begin, seconds)

    @property
    def improviser(self) -> Improviser:
        """What draws its notes."""
        return self._improviser

    @property
    def predictor(self) -> NextNote:
        """The instrument that is asked."""
        return self._improviser.predictor

    @property
    def begins(self) -> float:
        """When its first note may begin."""
        return self._begin

    @property
    def ends(self) -> float:
        """When its last note may begin."""
        return self._end

    @property
    def place(self) -> Place:
        """Where it is, after the notes that were taken."""
        return self._taken.place

    @property
    def finished(self) -> bool:
        """Whether its last note was drawn."""
        return self._finished

    @property
    def first(self) -> float | None:
        """When the first of the notes begins that wait to be taken."""
        return self._drawn[0].notes[0].onset if self._drawn else None

    @property
    def drawn(self) -> list[Note]:
        """The notes that wait to be taken."""
        return [note for step in self._drawn for note in step.notes]

    @property
    def next_take(self) -> float:
        """When the next note should be taken."""
        return self._after(self._taken)

    @property
    def next_draw(self) -> float:
        """When the next note should be drawn."""
        return self._after(self._last)

    def go_on(self, begin: float, seconds: float) -> None:
        """Begin another stretch of the line, from where it is; all of it must be taken."""
        settings = self._improviser.settings
        seconds = min(max(seconds, settings.shortest), settings.longest)
        place = self._taken.place
        self._begin, self._end = self._improviser.span(place, begin, seconds)
        self._taken = _Step([], place, [], Progress(self._begin))
        self.drop()

    def forked(self, count: int) -> list[Line]:
        """Return so many lines that go on from where this one is: itself, and others.

        The others have random numbers of their own; what this one draws does not depend
        on how many there are.
        """
        others = []
        for rng in self._rng.spawn(count - 1):
            other = copy.copy(self)
            other._rng, other._drawn = rng, deque(self._drawn)
            others.append(other)
        return [self, *others]

    def change(self, cue: Cue) -> None:
        """Keep to other rules from the last note on that was taken; drop the notes after it."""
        self._improviser = self._improviser.ruled(cue)
        self._gap = cue.gap
        self.drop()

    def drop(self) -> None:
        """Drop the notes that wait to be taken."""
        self._drawn.clear()
        self._retry = None
        self._finished = False

    def draw(self, now: float) -> None:
        """Draw on, by one call of the instrument; `take` gives what was drawn.

        No onset is nearer to `now` than half the lead.
        """
        draft = prepared([self], now)[0]
        self.accept(draft, self._improviser.mixed(draft, self.predictor.step(draft.ask)))

    def asked(self, now: float) -> Asked:
        """Return what an improviser is asked, to draw on; see `draw`."""
        last = self._last
        place = last.place if self._retry is None else self._retry
        return Asked(place, self._bounds(now), last.recent, self._rng)

    def accept(self, draft: Draft, prediction: Prediction) -> None:
        """Take the result of the call."""
        last = self._last
        notes, place = self._improviser.finish(draft, prediction, last.recent)
        if not notes:
            self._retry = place
            return
        if notes[0].onset > self._end:
            self._finished = True
            return
        self._retry = None
        recent = last.recent
        for note in notes:
            since = note.onset - _RECENT
            recent = [n for n in recent if n.onset > since or _ends_after(n, note.onset)]
            recent.append(note)
        self._drawn.append(_Step(notes, place, recent, last.progress.after(notes)))

    def take(self) -> list[Note]:
        """Return the notes that were drawn since it was last called."""
        notes = []
        while self._drawn:
            notes += self.take_next()
        return notes

    def take_next(self) -> list[Note]:
        """Return what the next call drew of the notes that wait; none where none waits."""
        if not self._drawn:
            return []
        self._taken = self._drawn.popleft()
        return self._taken.notes

    @property
    def _last(self) -> _Step:
        return self._drawn[-1] if self._drawn else self._taken

    def _after(self, step: _Step) -> float:
        """Return when the note after a step is due, the horizon ahead of the step."""
        if not step.recent:
            return -math.inf
        return step.place.onset - self._improviser.settings.horizon - self._early

    def _bounds(self, now: float) -> Bounds:
        """Return what the next note must keep to."""
        settings = self._improviser.settings
        ahead = now + settings.lead / 2 + self._early
        longest = max(settings.longest_gap, min(self._gap, _SLOWEST))
        gap = min(longest, (self._end - self._begin) / _FEWEST)
        last = self._last
        if not last.recent:
            earliest = max(self._begin, ahead)
            latest = earliest + settings.first_note_within
            return Bounds(earliest, latest, gap, self._end, last.progress)
        previous = last.place.onset
        latest = max(previous + gap, ahead)
        thin = thin_enough_at(last.recent, settings.notes_per_second)
        free = min(voice_free_at(last.recent, settings.voices), latest)
        earliest = max(previous, ahead, thin, free)
        return Bounds(earliest, latest, gap, self._end, last.progress)


def prepared(lines: Sequence[Line], now: float) -> list[Draft]:
    """Return the calls that draw on, of lines that keep to the same rules; see `Line.draw`."""
    return lines[0].improviser.prepare([line.asked(now) for line in lines])


def _ends_after(note: Note, time: float) -> bool:
    return note.end is not None and note.end > time
