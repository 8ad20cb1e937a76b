"""The partner's turn: a line that is prepared in the player's pause and played after it.

The window is read, and the line is planned, before the pause is over, so that a slow
instrument begins on time too: several candidates are drawn, and the best is played; where
there is only one, or no time, its notes are drawn a little before they sound. No note is
returned before the turn begins, so a key that goes down before leaves no trace of the
line. Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.partner.line.cue import Cue
from antiphon.partner.line.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.line.line import Line
    from antiphon.partner.outputs import Output

AHEAD = 0.05
"""A turn begins at least so long before its first note, where the pause is over by then: one that
wakes a little late still plays what was planned."""

LAST_MOMENT = 0.1
"""Once the first note is drawn, no other is drawn in the last so many seconds of the pause: a
slow instrument would begin late."""

PLANNED = 0.02
"""So long before the line may begin, one of the candidates is chosen, finished or not."""


class Turn:
    """Waits for the end of the player's phrase, and plays a line.

    Parameters
    ----------
    ensemble : Ensemble
        The player as heard, and the instrument.
    rest : callable, optional
        Returns the seconds of rest between two stretches of the line, each as long as
        the phrase; without it there is only one stretch.

    Attributes
    ----------
    playing : bool
        Whether the line is being played.
    line : Line or None
        The line that is prepared or played; None while candidates for it are drawn.
    """

    def __init__(self, ensemble: Ensemble, rest: Callable[[], float] | None = None) -> None:
        self.playing = False
        self.line: Line | None = None
        self._plan: Plan | None = None
        self._planned_by = math.inf
        self._ensemble = ensemble
        self._sections = ensemble.sections
        self._rest = rest
        self._version = -1
        self._cue = Cue()
        self._phrase = (0.0, 0.0)
        self._began = -math.inf

    def drop(self) -> None:
        """End the turn; notes that were not played yet never happened."""
        self.playing, self.line, self._plan = False, None, None

    def ended_early(self, time: float) -> bool:
        """Tell whether a turn that ends now is shorter than the shortest answer."""
        return time - self._began < self._ensemble.sections.partner.shortest

    def give_way(self, time: float) -> list[Output]:
        """Leave the music to the player, who has struck a key."""
        self.drop()
        return self._ensemble.give_way(time)

    def pedal(self, time: float) -> list[Output]:
        """Do what the settings say of a pedal that is pressed.

        A pedal alone says nothing: if no key follows, the phrase is answered again.
        """
        if self._ensemble.sections.listening.pedal == "ignore":
            return []
        if self.playing:
            self._ensemble.listening.phrase.resume(self._phrase[0], time)
            self.drop()
        return self._ensemble.give_way_to_pedal(time)

    def tick(self, now: float, calls: int) -> list[Output]:
        """Do what is due: read, draw, and return the notes that were drawn."""
        self._follow_settings()
        if not self.playing:
            calls = self._prepare(now, calls)
        calls = self._plan_on(now, calls)
        if not self.playing:
            self._enter(now)
        if self.playing:
            return self._play(now, calls)
        if self.line is not None:
            while calls > 0 and self._draws_at(self.line, now) <= now:
                self.line.draw(now)
                calls -= 1
        elif not self._due(now):
            self._ensemble.read_along(now, calls)
        return []

    def next_wake(self, now: float) -> float | None:
        """Return when `tick` is to be called next; None: not before something is heard."""
        line = self.line
        if self._plan is not None:
            return now
        if line is not None and self.playing:
            return now if self._outdated else line.next_take
        if not self._due(now) and self._ensemble.to_read:
            return now
        end = self._ensemble.listening.phrase_end
        if end is None:
            return None
        if self._version != self._ensemble.listening.window.version:
            return end - self._ensemble.sections.partner.read_ahead
        return now if line is None else min(self._enters(line, end), self._draws_at(line, now))

    @property
    def _outdated(self) -> bool:
        """Whether settings have changed since the line was fitted to them."""
        sections = self._ensemble.sections
        return sections is not self._sections and sections != self._sections

    def _follow_settings(self) -> None:
        """Draw what was not played yet anew where settings have changed."""
        if not self._outdated:
            return
        self._sections = self._ensemble.sections
        if not self.playing:
            self.drop()
            self._version = -1
            return
        self._cue = self._ensemble.fitted(self._cue)
        if self.line is not None:
            self.line.change(self._cue)
        if self._plan is not None:
            self._plan.change(self._cue)

    def _due(self, now: float) -> bool:
        """Tell whether the end of the phrase is near enough to prepare for it."""
        end = self._ensemble.listening.phrase_end
        return end is not None and now >= end - self._ensemble.sections.partner.read_ahead

    def _prepare(self, now: float, calls: int) -> int:
        """Read for a line and begin it, if it is time for that; return the calls left."""
        listening, reading = self._ensemble.listening, self._ensemble.reading
        end = listening.phrase_end
        if end is None or not self._due(now):
            self.drop()
            self._version = -1
            return calls
        if self._version != listening.window.version:
            # The window as it will be at the end of the pause, whenever we are called.
            self.drop()
            self._version = listening.window.version
            self._cue = self._ensemble.cue(now)
            reading.aim(end, self._cue)
        calls = reading.read(calls)
        if self.line is None and self._plan is None and reading.ready:
            if not listening.phrase.judged:
                self._ensemble.judge_silence(now)
                return self._prepare(now, calls - 1)
            self._choose_from(self._first_line(now, end), end)
        return calls

    def _first_line(self, now: float, end: float) -> Line:
        """Return a line that begins when the pause is over, or as soon as it can."""
        seconds = self._ensemble.listening.phrase_seconds
        return self._ensemble.line(self._ensemble.earliest(end, now), seconds, self._cue.gap)

    def _choose_from(self, line: Line, begin: float) -> None:
        """Plan candidates for a line; there is only one where the instrument takes long."""
        count = self._ensemble.candidates
        if count == 1:
            self.line = line
            return
        self.line = None
        self._plan = Plan(line.forked(count), self._cue.critic)
        self._planned_by = begin - PLANNED

    def _plan_on(self, now: float, calls: int) -> int:
        """Draw the candidates on, and choose when they are finished or it is time."""
        plan = self._plan
        if plan is None:
            return calls
        while calls > 0 and not plan.finished and not (plan.begun and now >= self._planned_by):
            plan.draw(now)
            calls -= plan.cost
        if plan.finished or (plan.begun and now >= self._planned_by):
            self.line, self._plan = plan.choose(), None
        return max(calls, 0)

    def _enter(self, now: float) -> None:
        """Begin the turn where the pause is over: from now on its notes are played."""
        listening = self._ensemble.listening
        end = listening.phrase_end
        if self.line is None or end is None or now < self._enters(self.line, end):
            return
        if self.line.first is not None and self.line.first < now:
            # Woken too late: what was drawn lies in the past.
            self.line = self._first_line(now, end)
        self.playing = True
        self._began = self.line.begins if self.line.first is None else self.line.first
        self._phrase = (listening.phrase.start, listening.phrase_seconds)
        self._ensemble.entered()
        listening.end_phrase(self._began)

    def _enters(self, line: Line, end: float) -> float:
        """Return when a line is to begin: after the pause, as its first note becomes due.

        That note may fall on a place in the groove some time after the pause; whoever strikes
        a key until then has not been answered, and goes on with their phrase.
        """
        if line.first is None:
            return end
        lead = self._ensemble.earliest(end, end) - end
        return max(end, line.first - max(lead, AHEAD))

    def _draws_at(self, line: Line, now: float) -> float:
        """Return when to draw the next note in the pause; infinity where none is to be drawn."""
        if line.finished:
            return math.inf
        due = max(line.next_draw, now)
        if line.first is not None:
            end = self._ensemble.listening.phrase_end
            if end is not None and due > self._enters(line, end) - LAST_MOMENT:
                return math.inf
        return due

    def _play(self, now: float, calls: int) -> list[Output]:
        """Return the notes that are due; end the turn, or this stretch, after the last one."""
        line = self.line
        outputs: list[Output] = []
        while line is not None and line.next_take <= now:
            if line.first is not None and line.first < now:
                line.drop()  # woken too late, as above
            if line.first is None and line.finished:
                self._end(line)
                break
            if line.first is None:
                if calls == 0:
                    break
                line.draw(now)
                calls -= 1
            outputs += [self._ensemble.play(note, now) for note in line.take_next()]
        return outputs

    def _end(self, line: Line) -> None:
        """End the turn, or begin the next stretch of the line."""
        if self._rest is None:
            self.drop()
            return
        begin = line.ends + self._rest()
        line.go_on(begin, self._phrase[1])
        self._choose_from(line, begin)
