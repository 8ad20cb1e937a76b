"""The mode `harmonise`: each note struck sounds at once with notes of the instrument's choice.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import FORBID
from antiphon.music.note import Note
from antiphon.partner.line.rules import PITCHES
from antiphon.partner.listening.gestures import KeyBack, KeyDown, KeyUp
from antiphon.partner.listening.window import Struck
from antiphon.partner.modes.settings import HarmoniseSettings
from antiphon.partner.outputs import Play

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.line.rules import Moment, Slate
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.outputs import Output

MOST_READ = 12
"""Rows that are read at a stroke, at most; notes that were over before are read already."""


class Around:
    """A rule that allows the pitches at some distance from a struck one, but none that sounds.

    Parameters
    ----------
    pitch : int
        The struck pitch.
    nearest, farthest : int
        Semitones from it, both included.
    sounding : iterable of int
        Pitches that are taken.
    """

    def __init__(self, pitch: int, nearest: int, farthest: int, sounding: set[int]) -> None:
        self._weights = np.full(PITCHES, FORBID, dtype=np.float32)
        self._weights[pitch + nearest : pitch + farthest + 1] = 0.0
        self._weights[max(pitch - farthest, 0) : max(pitch - nearest + 1, 0)] = 0.0
        self._weights[sorted(sounding)] = FORBID

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid the rest."""
        del moment
        slate.pitches(self._weights)


@dataclass(slots=True, eq=False)
class _Added:
    """The notes that sound with a stroke: those that were drawn, and those still to draw.

    `ends` is when they end if the key, which came up very soon, does not come back.
    """

    stroke: Struck
    rest: Iterator[Note]
    nearest: int
    farthest: int
    sounding: set[int]
    velocity: int
    plays: list[Play] = field(default_factory=list)
    ends: float = math.inf

    def fits(self, pitch: int) -> bool:
        """Tell whether a pitch keeps to the rules, which the range may leave no room for."""
        away = abs(pitch - self.stroke.pitch)
        return pitch not in self.sounding and self.nearest <= away <= self.farthest


class Harmonise:
    """Adds notes to every stroke, for as long as its key is held; see `Mode`.

    The first note is played before the second is drawn: the player hears it sooner.
    """

    waits = False

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._added: dict[int, _Added] = {}
        self._drawn: _Added | None = None
        self._numbers = ensemble.numbers()  # the next stroke's, made while nobody waits

    @property
    def playing(self) -> bool:
        """Whether notes of its own sound."""
        return bool(self._added)

    def resumes(self, time: float) -> bool:
        """Tell that no phrase was answered."""
        del time
        return False

    def heard(self, gesture: Gesture) -> list[Output]:
        """Add notes to a stroke, and end them with it."""
        match gesture:
            case KeyBack(_, stroke) if id(stroke) in self._added:
                self._added[id(stroke)].ends = math.inf
            case KeyDown(time, stroke) | KeyBack(time, stroke):
                before = [*self._end_due(time), *self._draw_all(time)]
                self._begin(time, stroke)
                return [*before, *self._draw(time)]
            case KeyUp(time, stroke):
                return self._lift(time, stroke)
        return []

    def tick(self, now: float, calls: int) -> list[Output]:
        """Draw the next note of a stroke; else let the instrument read what is over.

        So a stroke need not wait for it.
        """
        outputs = self._end_due(now)
        if self._drawn is not None:
            return outputs if self._drawn.ends < math.inf else [*outputs, *self._draw(now)]
        self._ensemble.read_along(now, calls)
        return outputs

    def next_wake(self, now: float) -> float | None:
        """Return `now` while there is something to draw or to read, or when notes end."""
        waits = self._drawn is not None and self._drawn.ends < math.inf
        if not waits and (self._drawn is not None or self._ensemble.to_read):
            return now
        ends = min((added.ends for added in self._added.values()), default=math.inf)
        return ends if ends < math.inf else None

    def _begin(self, time: float, stroke: Struck) -> None:
        """Prepare to draw the notes that sound with a stroke.

        There will be fewer than asked for where the range has no room for them, and
        none where the instrument has not read what was played before.
        """
        ensemble, settings = self._ensemble, self._ensemble.sections.of(HarmoniseSettings)
        reading = ensemble.reading
        reading.aim(time, ensemble.moment())
        reading.read(MOST_READ)
        if not reading.ready:
            return
        nearest, farthest, sounding = settings.nearest, settings.farthest, self._sounding(stroke)
        around = Around(stroke.pitch, nearest, farthest, sounding)
        rest = reading.improviser.together(reading.place, [around], settings.notes, self._numbers)
        velocity = min(max(round(stroke.velocity * settings.loudness), 1), 127)
        added = _Added(stroke, rest, nearest, farthest, sounding, velocity)
        self._drawn = self._added[id(stroke)] = added

    def _draw(self, now: float) -> list[Output]:
        """Draw on until a note is added; it begins now."""
        added = self._drawn
        if added is None:
            return []
        for note in added.rest:
            if added.fits(note.pitch):
                held = replace(note, onset=now, duration=None, velocity=added.velocity)
                play = self._ensemble.play(held, now)
                added.plays.append(play)
                return [play]
        self._leave()
        return []

    def _draw_all(self, now: float) -> list[Output]:
        """Draw what is left of a stroke, before the next one's notes."""
        outputs: list[Output] = []
        if self._drawn is not None and self._drawn.ends < math.inf:
            self._leave()  # its key is up
        while self._drawn is not None:
            outputs += self._draw(now)
        return outputs

    def _leave(self) -> None:
        """Draw no more for the stroke whose notes are drawn."""
        self._drawn = None
        self._numbers = self._ensemble.numbers()

    def _lift(self, time: float, stroke: Struck) -> list[Output]:
        """End what was added to a stroke, but wait where a contact may still bounce.

        No more is drawn meanwhile.
        """
        added = self._added.get(id(stroke))
        bounced = stroke.onset + self._ensemble.sections.listening.same_within
        if added is None or time >= bounced:
            return self._end(time, stroke)
        added.ends = bounced
        return []

    def _end_due(self, now: float) -> list[Output]:
        """End what was added to strokes whose keys did not come back."""
        due = [added for added in self._added.values() if added.ends <= now]
        return [output for added in due for output in self._end(now, added.stroke)]

    def _end(self, time: float, stroke: Struck) -> list[Output]:
        """End what was added to a stroke, and add no more."""
        added = self._added.pop(id(stroke), None)
        if added is None:
            return []
        if self._drawn is added:
            self._leave()
        return [self._ensemble.end(play.identity, time) for play in added.plays]

    def _sounding(self, stroke: Struck) -> set[int]:
        """Return the pitches that sound: the player's, and what was added to them."""
        others = [(added.stroke.pitch, *_pitches(added)) for added in self._added.values()]
        return {stroke.pitch, *(pitch for pitches in others for pitch in pitches)}


def _pitches(added: _Added) -> list[int]:
    return [play.note.pitch for play in added.plays]
