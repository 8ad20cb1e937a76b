"""The mode `echo`: it plays the phrase back as it was, once; useful to check a wiring.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.music.note import Note
from antiphon.partner.listening.gestures import KeyDown, PedalDown
from antiphon.partner.modes.settings import EchoSettings

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.listening.window import Struck
    from antiphon.partner.outputs import Output


class Echo:
    """Repeats the player's notes after the pause; see `Mode`."""

    waits = True

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._until = -math.inf
        self._began = -math.inf
        self._phrase: tuple[float, list[Struck]] = (0.0, [])

    @property
    def playing(self) -> bool:
        """Whether notes of the echo are still to begin."""
        return self._until > -math.inf

    def resumes(self, time: float) -> bool:
        """Tell whether the player, who takes over this early, had not finished the phrase."""
        return time - self._began < self._ensemble.sections.partner.shortest

    def heard(self, gesture: Gesture) -> list[Output]:
        """Give way to a key, and to the pedal if it is set so."""
        ignored = self._ensemble.sections.listening.pedal == "ignore"
        match gesture:
            case KeyDown(time):
                self._until = -math.inf
                return self._ensemble.give_way(time)
            case PedalDown(time) if not ignored:
                if self.playing:  # a pedal alone says nothing: the echo comes again
                    begun, self._ensemble.listening.strokes = self._phrase
                    self._ensemble.listening.phrase.resume(begun, time)
                self._until = -math.inf
                return self._ensemble.give_way_to_pedal(time)
        return []

    def tick(self, now: float, calls: int) -> list[Output]:
        """Plan the whole echo at the end of the pause."""
        del calls
        listening = self._ensemble.listening
        if now >= self._until:
            self._until = -math.inf
        end = listening.phrase_end
        if end is None or now < end:
            return []
        begin = self._ensemble.earliest(end, now)
        start, strokes = listening.phrase.start, listening.strokes
        notes = [self._note(stroke, begin - start, end) for stroke in strokes]
        self._phrase = (start, strokes)
        self._began, self._until = begin, max(note.onset for note in notes)
        listening.end_phrase(begin)
        return [self._ensemble.play(note, now) for note in notes]

    def next_wake(self, now: float) -> float | None:
        """Return when the phrase ends, or the last note of the echo begins."""
        del now
        return self._until if self.playing else self._ensemble.listening.phrase_end

    def _note(self, stroke: Struck, later: float, end: float) -> Note:
        """Return a note of the player's, so much later; what is still held is as long as it was."""
        pitch = stroke.pitch + self._ensemble.sections.of(EchoSettings).transpose
        while not 0 <= pitch <= 127:
            pitch += 12 if pitch < 0 else -12
        duration = (end if stroke.end is None else stroke.end) - stroke.onset
        return Note(pitch, stroke.onset + later, duration, stroke.velocity)
