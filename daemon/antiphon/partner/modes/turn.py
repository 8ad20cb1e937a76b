"""The partner's turn: a line that is prepared in the player's pause and played after it.

The window is read, and the first notes are drawn, before the pause is over, so that a
slow instrument begins on time too. No note is returned before the turn begins, so a key
that goes down before leaves no trace of the line. Times are seconds of the session's
clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.line.line import Line
    from antiphon.partner.outputs import Output

LAST_MOMENT = 0.1
"""Once the first note is drawn, no other is drawn in the last so many seconds of the pause: a
slow instrument would begin late."""


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
        The line that is prepared or played.
    """

    def __init__(self, ensemble: Ensemble, rest: Callable[[], float] | None = None) -> None:
        self.playing = False
        self.line: Line | None = None
        self._ensemble = ensemble
        self._rest = rest
        self._version = -1
        self._phrase = (0.0, 0.0)
        self._began = -math.inf

    def drop(self) -> None:
        """End the turn; notes that were not played yet never happened."""
        self.playing, self.line = False, None

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
        if not self.playing:
            calls = self._prepare(now, calls)
            self._enter(now)
        line = self.line
        if line is None:
            if not self._due(now):
                self._ensemble.read_along(now, calls)
            return []
        while calls > 0 and self._draws_at(line, now) <= now:
            line.draw(now)
            calls -= 1
        return self._taken(line, now) if self.playing else []

    def next_wake(self, now: float) -> float | None:
        """Return when `tick` is to be called next; None: not before something is heard."""
        line = self.line
        if line is not None and self.playing:
            return self._draws_at(line, now)
        if not self._due(now) and self._ensemble.to_read:
            return now
        end = self._ensemble.listening.phrase_end
        if end is None:
            return None
        if self._version != self._ensemble.listening.window.version:
            return end - self._ensemble.sections.partner.read_ahead
        return now if line is None else min(end, self._draws_at(line, now))

    def _due(self, now: float) -> bool:
        """Tell whether the end of the phrase is near enough to prepare for it."""
        end = self._ensemble.listening.phrase_end
        return end is not None and now >= end - self._ensemble.sections.partner.read_ahead

    def _prepare(self, now: float, calls: int) -> int:
        """Read for a line and begin it, if it is time for that; return the calls left."""
        listening, reading = self._ensemble.listening, self._ensemble.reading
        end = listening.phrase_end
        if end is None or not self._due(now):
            self.line, self._version = None, -1
            return calls
        if self._version != listening.window.version:
            # The window as it will be at the end of the pause, whenever we are called.
            self.line, self._version = None, listening.window.version
            reading.aim(end, self._ensemble.cue())
        calls = reading.read(calls)
        if self.line is None and reading.ready:
            self._begin(now, end)
        return calls

    def _begin(self, now: float, end: float) -> None:
        lead = self._ensemble.sections.partner.lead
        seconds = self._ensemble.listening.phrase_seconds
        self.line = self._ensemble.line(max(end + lead, now + lead / 2), seconds)

    def _enter(self, now: float) -> None:
        """Begin the turn where the pause is over: from now on its notes are played."""
        listening = self._ensemble.listening
        end = listening.phrase_end
        if self.line is None or end is None or now < end:
            return
        if self.line.first is not None and self.line.first < now:
            self._begin(now, end)  # woken too late: what was drawn lies in the past
        self.playing = True
        self._began = self.line.begins
        self._phrase = (listening.phrase.start, listening.phrase_seconds)
        self._ensemble.entered()
        listening.end_phrase()

    def _draws_at(self, line: Line, now: float) -> float:
        """Return when to draw the next note; infinity where none is to be drawn now."""
        if line.finished:
            return math.inf
        due = max(line.next_draw, now)
        if not self.playing and line.first is not None:
            end = self._ensemble.listening.phrase_end
            if end is not None and due > end - LAST_MOMENT:
                return math.inf
        return due

    def _taken(self, line: Line, now: float) -> list[Output]:
        """Return the drawn notes, to be played; end the turn after the last one."""
        outputs: list[Output] = [self._ensemble.play(note, now) for note in line.take()]
        if line.finished and self._rest is not None:
            line.go_on(line.ends + self._rest(), self._phrase[1])
        elif line.finished:
            self.drop()
        return outputs
