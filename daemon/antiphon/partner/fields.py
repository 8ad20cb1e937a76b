"""One note after another, drawn field by field: pitch, step, duration, and more.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

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
from antiphon.partner.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.codecs import FieldCodec
    from antiphon.partner.place import Bounds
    from antiphon.partner.predictor import NextNote, State
    from antiphon.partner.settings import PartnerSettings

FLAM = 0.05
"""The same pitch is not struck again sooner than this: no hand does."""

STEP, DURATION = 1, 2


class FieldImproviser:
    """Draws notes from an instrument, and keeps them within the rules; see `Improviser`.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : FieldCodec
        Its codec.
    settings : PartnerSettings
        Range, temperatures, `min_p`, `longest_note` and `longest_gap`.
    """

    fields = ("pitch", "step", "duration")
    """What the codec's fields begin with."""

    def __init__(self, predictor: NextNote, codec: FieldCodec, settings: PartnerSettings) -> None:
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
        self._biases = Biases(codec)
        temperatures = [settings.temperature(field) for field in codec.fields]
        self._controls = Controls.of(temperatures, settings.min_p, len(codec.fields))

    def tuned(self, phrase: NoteArray, seed: NoteArray) -> FieldImproviser:
        """Return one whose codec is fitted to the player."""
        fitted = copy.copy(self)
        fitted.codec = self.codec.tuned(phrase if len(phrase) else seed)
        return fitted

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        """Return the beginning and the end as they were asked for."""
        del place
        return begin, begin + seconds

    def draw(
        self, place: Place, bounds: Bounds, recent: list[Note], rng: np.random.Generator
    ) -> tuple[list[Note], Place]:
        """Draw one note; none where it was a flam, which is drawn otherwise next time."""
        previous = place.onset
        if bounds.earliest - previous > self._reach:
            # The codec knows no longer step: take the rest for a long breath.
            previous = bounds.earliest - self.settings.longest_gap
        moment = Moment(previous, bounds.earliest, max(bounds.earliest, bounds.latest))
        note, state, row = self._call(place, moment, rng)
        struck = [n for n in recent if n.onset > previous - FLAM]
        again = _flam(note, struck)
        if again is not None:
            if not place.without:
                return [], replace(place, without=tuple(n.pitch for n in struck))
            note = replace(note, onset=again.onset + FLAM)  # the range has no other pitch
        row[STEP] = self.codec.time_class(note.onset - previous)
        return [note], Place(state, row, note.onset)

    def _call(
        self, place: Place, moment: Moment, rng: np.random.Generator
    ) -> tuple[Note, State, NDArray[np.int32]]:
        """Call the instrument once; return the note, the new state and the note's row."""
        self._biases.clear()
        for rule in self._rules:
            rule.bias(moment, self._biases)
        if place.without:
            Without(place.without).bias(moment, self._biases)
        uniforms = rng.random(len(self.codec.fields), dtype=np.float32)
        prediction = self.predictor.step(
            place.state, place.row, uniforms, self._controls, self._biases
        )
        note = self.codec.decode_one(prediction.classes, prediction.within, moment.previous)
        longest = self.settings.longest_note
        duration = longest if note.duration is None else min(note.duration, longest)
        onset = min(max(note.onset, moment.earliest), moment.latest)
        row = np.array(prediction.classes, dtype=np.int32)
        row[DURATION] = self.codec.time_class(duration)
        return replace(note, onset=onset, duration=duration), prediction.state, row


def _flam(note: Note, struck: Sequence[Note]) -> Note | None:
    """Return the note that this one would strike again at once, if any."""
    for before in reversed(struck):
        if before.pitch == note.pitch and note.onset - before.onset < FLAM:
            return before
    return None
