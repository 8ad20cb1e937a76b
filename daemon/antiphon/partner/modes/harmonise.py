"""The mode `harmonise`: each note struck sounds at once with notes of the instrument's choice.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import FORBID
from antiphon.partner.line.rules import PITCHES
from antiphon.partner.listening.gestures import KeyDown, KeyUp
from antiphon.partner.modes.settings import HarmoniseSettings

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.line.rules import Moment, Slate
    from antiphon.partner.listening.gestures import Gesture
    from antiphon.partner.listening.window import Struck
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
        away = np.abs(np.arange(PITCHES) - pitch)
        self._weights = np.zeros(PITCHES, dtype=np.float32)
        self._weights[(away < nearest) | (away > farthest)] = FORBID
        self._weights[sorted(sounding)] = FORBID

    def weigh(self, moment: Moment, slate: Slate) -> None:
        """Forbid the rest."""
        del moment
        slate.pitches(self._weights)


class Harmonise:
    """Adds notes to every stroke, for as long as its key is held; see `Mode`."""

    waits = False

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._added: dict[int, tuple[Struck, list[tuple[int, int]]]] = {}

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
            case KeyDown(time, stroke):
                return self._add(time, stroke)
            case KeyUp(time, stroke):
                _, added = self._added.pop(id(stroke), (stroke, []))
                return [self._ensemble.end(identity, time) for identity, _ in added]
        return []

    def tick(self, now: float, calls: int) -> list[Output]:
        """Let the instrument read what is over, so that a stroke need not wait for it."""
        self._ensemble.read_along(now, calls)
        return []

    def next_wake(self, now: float) -> float | None:
        """Return `now` while there is something to read."""
        return now if self._ensemble.to_read else None

    def _add(self, time: float, stroke: Struck) -> list[Output]:
        """Return the notes that sound with a stroke.

        There are fewer than asked for where the range has no room for them, and none
        where the instrument has not read what was played before.
        """
        ensemble, settings = self._ensemble, self._ensemble.sections.of(HarmoniseSettings)
        reading = ensemble.reading
        reading.aim(time, ensemble.listening.phrase.start)
        reading.read(MOST_READ)
        if not reading.ready:
            return []
        sounding = {stroke.pitch} | {
            pitch for held, added in self._added.values() for _, pitch in [*added, (0, held.pitch)]
        }
        around = Around(stroke.pitch, settings.nearest, settings.farthest, sounding)
        drawn = reading.improviser.together(
            reading.place, [around], settings.notes, ensemble.numbers()
        )
        velocity = min(max(round(stroke.velocity * settings.loudness), 1), 127)
        notes = [
            replace(note, onset=time, duration=None, velocity=velocity)
            for note in drawn
            if note.pitch not in sounding
            and settings.nearest <= abs(note.pitch - stroke.pitch) <= settings.farthest
        ]
        plays = [ensemble.play(note, time) for note in notes]
        self._added[id(stroke)] = (stroke, [(play.identity, play.note.pitch) for play in plays])
        return [*plays]
