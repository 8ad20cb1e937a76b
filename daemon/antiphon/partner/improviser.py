"""One note after another under the rules: an instrument in the partner's hands.

Times are seconds of the session's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.instrument.controls import Biases, Controls
from antiphon.partner.constraints import (
    Constraint,
    Moment,
    NotAfter,
    NotBefore,
    Range,
    StepTable,
    Without,
)
from antiphon.partner.predictor import NextNote, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.note import Note
    from antiphon.music.performance import PerformanceCodec
    from antiphon.partner.settings import PartnerSettings

FLAM = 0.05
"""The same pitch is not struck again sooner than this: no hand does."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where in the music we are: all that the next note depends on, as a value.

    Attributes
    ----------
    state : State
        The instrument's, before `row` is read.
    row : int32 array, shape (fields,)
        The classes of the last note.
    onset : float
        When the last note began.
    """

    state: State
    row: NDArray[np.int32]
    onset: float


class Improviser:
    """Draws notes from an instrument, and keeps them within the rules.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : PerformanceCodec
        Its codec.
    settings : PartnerSettings
        Range, temperatures, `min_p`, `longest_note` and `longest_gap`.
    """

    def __init__(
        self, predictor: NextNote, codec: PerformanceCodec, settings: PartnerSettings
    ) -> None:
        self.predictor = predictor
        self.codec = codec
        self.settings = settings
        table = StepTable(codec)
        self._reach = table.reach
        self._rules: tuple[Constraint, ...] = (
            NotBefore(table),
            NotAfter(table),
            Range(settings.low, settings.high),
        )
        self._biases = Biases()
        temperatures = (
            settings.temperature_pitch,
            settings.temperature_step,
            settings.temperature_duration,
            settings.temperature_velocity,
        )
        self._controls = Controls.of(temperatures, settings.min_p)

    def draw(
        self,
        place: Place,
        bounds: tuple[float, float],
        recent: Sequence[Note],
        rng: np.random.Generator,
    ) -> tuple[Note, Place, int]:
        """Draw the note after `place`.

        Parameters
        ----------
        place : Place
            Where we are.
        bounds : tuple of float
            The note starts within these, the earliest and the latest onset.
        recent : sequence of Note
            What the partner has played last, sorted by onset.
        rng : Generator
            Gives one number a field and call.

        Returns
        -------
        tuple
            The note, the place after it, and how often the instrument was
            called: once, or twice where the first note was a flam.
        """
        earliest, latest = bounds
        previous = place.onset
        if earliest - previous > self._reach:
            # The codec knows no longer step: take the rest for a long breath.
            previous = earliest - self.settings.longest_gap
        moment = Moment(previous, earliest, max(earliest, latest))
        drawn, calls = self._call(place, moment, (), rng), 1
        struck = [n for n in recent if n.onset > previous - FLAM]
        if _flam(drawn[0], struck) is not None:
            drawn = self._call(place, moment, (Without([n.pitch for n in struck]),), rng)
            calls = 2
        note, state, row = drawn
        again = _flam(note, struck)  # only where the range has no other pitch
        if again is not None:
            note = replace(note, onset=again.onset + FLAM)
        row[1] = self.codec.time_class(note.onset - previous)
        return note, Place(state, row, note.onset), calls

    def _call(
        self,
        place: Place,
        moment: Moment,
        more: Sequence[Constraint],
        rng: np.random.Generator,
    ) -> tuple[Note, State, NDArray[np.int32]]:
        """Call the instrument once; return the note, the new state and the note's row."""
        self._biases.clear()
        for rule in (*self._rules, *more):
            rule.bias(moment, self._biases)
        uniforms = rng.random(len(self.codec.fields), dtype=np.float32)
        prediction = self.predictor.step(
            place.state, place.row, uniforms, self._controls, self._biases
        )
        note = self.codec.decode_one(prediction.classes, prediction.within, moment.previous)
        longest = self.settings.longest_note
        duration = longest if note.duration is None else min(note.duration, longest)
        onset = min(max(note.onset, moment.earliest), moment.latest)
        row = np.array(prediction.classes, dtype=np.int32)
        row[2] = self.codec.time_class(duration)
        return replace(note, onset=onset, duration=duration), prediction.state, row


def _flam(note: Note, struck: Sequence[Note]) -> Note | None:
    """Return the note that this one would strike again at once, if any."""
    for before in reversed(struck):
        if before.pitch == note.pitch and note.onset - before.onset < FLAM:
            return before
    return None
