"""One note after another, drawn field by field: pitch, step, duration, and more.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import Biases, Controls
from antiphon.music.note import Note
from antiphon.partner.line.codecs import FieldCodec
from antiphon.partner.line.drawing import Asked, Draft, Drawing
from antiphon.partner.line.in_time import InTime
from antiphon.partner.line.place import Place
from antiphon.partner.line.rules import (
    Moment,
    NotAfter,
    NotBefore,
    Range,
    Rule,
    Without,
    weigh_all,
)
from antiphon.partner.line.slates import DURATION, STEP, FieldSlate, FieldTables
from antiphon.partner.line.taking import Taking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.note import NoteArray
    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.place import Bounds
    from antiphon.partner.line.predictor import NextNote, Prediction
    from antiphon.partner.settings import PartnerSettings

FLAM = 0.05
"""The same pitch is not struck again sooner than this: no hand does."""

ROOM = 0.02
"""An answer's first note may begin this much after the first place where one belongs."""


class _Limits:
    """The settings that hold, and what follows from them; all copies of an improviser share it."""

    def __init__(self, settings: PartnerSettings, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self.adopt(settings)

    def adopt(self, settings: PartnerSettings) -> None:
        self.settings = settings
        temperatures = [settings.temperature(field) for field in self._fields]
        self.controls = Controls.of(temperatures, settings.min_p, len(self._fields))
        self.rules: tuple[Rule, ...] = (
            NotBefore(),
            NotAfter(),
            Range(settings.low, settings.high),
        )


class FieldImproviser(Drawing[FieldCodec, _Limits]):
    """Draws notes from an instrument, and keeps them within the rules; see `Improviser`.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : FieldCodec
        Its codec.
    settings : PartnerSettings
        Range, temperatures, `min_p`, `longest_note` and `longest_gap`.
    rules : sequence of Rule
        What else the notes keep to.
    """

    fields = ("pitch", "step", "duration")
    """What the codec's fields begin with."""

    reads_along = True
    """A row is a note, so what was played can be read before the phrase is over."""

    def __init__(
        self,
        predictor: NextNote,
        codec: FieldCodec,
        settings: PartnerSettings,
        rules: Sequence[Rule] = (),
    ) -> None:
        super().__init__(predictor, codec, rules, _Limits(settings, codec.fields))
        self._tables = FieldTables.of(codec)
        self._reach = float(self._tables.step_low[-1])
        self._in_time: InTime | None = None

    def tuned(self, cue: Cue, seed: NoteArray) -> FieldImproviser:
        """Return one whose codec and rules are fitted to the player."""
        phrase = seed[seed["onset"] >= cue.since]
        fitted = copy.copy(self)
        fitted.codec = self.codec.tuned(phrase if len(phrase) else seed)
        fitted._line_rules, fitted._memory = cue.rules, cue.memory
        fitted._taking = Taking.beginning(len(phrase))
        fitted._in_time = None if cue.groove is None else InTime(cue.groove, self._tables)
        return fitted

    def ruled(self, cue: Cue) -> FieldImproviser:
        """Return one that keeps to the rules and the groove of another cue from now on."""
        other = super().ruled(cue)
        other._in_time = None if cue.groove is None else InTime(cue.groove, self._tables)
        return other

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        """Return the beginning and the end as they were asked for."""
        del place
        return begin, begin + seconds

    def prepare(self, asked: Sequence[Asked]) -> list[Draft]:
        """Return the calls that draw one note each."""
        moments = [self._moment(one.place, one.bounds, one.recent) for one in asked]
        rules = () if self._in_time is None else (self._in_time,)
        places, numbers = [one.place for one in asked], [one.rng for one in asked]
        return self._drafts(places, moments, numbers, rules)

    def _moment(self, place: Place, bounds: Bounds, recent: list[Note]) -> Moment:
        """Return when the next note of a line may begin."""
        previous, latest = place.onset, max(bounds.earliest, bounds.latest)
        in_time, earliest = self._in_time, bounds.earliest
        if bounds.earliest - previous > self._reach:
            # The codec knows no longer step: take the rest for a long breath.
            previous = bounds.earliest - self.settings.longest_gap
            previous = previous if in_time is None else in_time.groove.nearest(previous)
        if in_time is not None and not recent:
            peak = in_time.groove.next_peak(bounds.earliest)
            # Not after the end: a line has a note at least.
            latest = max(latest, min(peak + ROOM, bounds.end))
            earliest = in_time.groove.filled_from(earliest, min(peak, bounds.end))
        return Moment(previous, earliest, latest, bounds.end, bounds.progress)

    def finish(
        self, draft: Draft, prediction: Prediction, recent: list[Note]
    ) -> tuple[list[Note], Place]:
        """Return the note; none where it was a flam, which is drawn otherwise next time."""
        place, previous = draft.place, draft.moment.previous
        note, classes = self._decoded(draft.moment, prediction)
        nominal = note.onset
        if self._in_time is not None:
            note, nominal = self._in_time.timed(note, draft, prediction)
            duration = min(note.duration or 0.0, self.settings.longest_note)
            if duration != note.duration:
                note = replace(note, duration=duration)
            classes[DURATION] = self.codec.time_class(duration)
        struck = [n for n in recent if n.onset > previous - FLAM]
        again = _flam(note, struck)
        if again is not None:
            if not place.without:
                return [], replace(place, without=tuple(n.pitch for n in struck))
            # The range has no other pitch.
            note, nominal = replace(note, onset=again.onset + FLAM), again.onset + FLAM
        classes[STEP] = self.codec.time_class(max(nominal - previous, 0.0))
        row = np.array(classes, dtype=np.int32)
        trail = place.trail_after(row, prediction)
        taking = place.taking_after(row, draft.ask.memory)
        return [note], Place(
            prediction.state, row, nominal, sounded=note.onset, trail=trail, taking=taking
        )

    def together(
        self, place: Place, rules: Sequence[Rule], count: int, rng: np.random.Generator
    ) -> Iterator[Note]:
        """Draw notes for the instant of the last one, each by one call of the instrument."""
        taken: tuple[int, ...] = ()
        moment = Moment(place.onset, place.onset, place.onset)
        for _ in range(count):
            draft = self._drafts([place], [moment], [rng], rules)[0]
            prediction = self.predictor.step(draft.ask)
            note, classes = self._decoded(moment, prediction)
            if note.pitch in taken:
                return  # the rules leave no other pitch
            yield note
            classes[STEP] = self.codec.time_class(0.0)
            row = np.array(classes, dtype=np.int32)
            taken = (*taken, note.pitch)
            trail = place.trail_after(row, prediction)
            place = Place(prediction.state, row, place.onset, taken, trail=trail)

    def _drafts(
        self,
        places: Sequence[Place],
        moments: Sequence[Moment],
        numbers: Sequence[np.random.Generator],
        rules: Sequence[Rule] = (),
    ) -> list[Draft]:
        """Weigh the next notes of lines by the rules, and return the calls that draw them."""
        biases = Biases(self.codec, len(places))
        slate = FieldSlate(biases, self._tables)
        weigh_all((*self._limits.rules, *self._every(rules)), moments, slate)
        drafts = []
        each = zip(places, moments, numbers, biases.lines(), self._recalled(places), strict=True)
        for place, moment, rng, own, recall in each:
            if place.without:
                Without(place.without).weigh(moment, FieldSlate(own, self._tables))
            drafts.append(Draft(place, moment, self._ask(place, rng, own, recall)))
        return drafts

    def _decoded(self, moment: Moment, prediction: Prediction) -> tuple[Note, list[int]]:
        """Return the note of a prediction, within its bounds, and its classes."""
        # To look at one number after the other is faster in lists.
        classes: list[int] = prediction.classes.tolist()
        note = self.codec.decode_one(classes, prediction.within.tolist(), moment.previous)
        longest = self.settings.longest_note
        duration = longest if note.duration is None else min(note.duration, longest)
        onset = min(max(note.onset, moment.earliest), moment.latest)
        classes[DURATION] = self.codec.time_class(duration)
        if onset != note.onset or duration != note.duration:
            note = Note(note.pitch, onset, duration, note.velocity)
        return note, classes


def _flam(note: Note, struck: Sequence[Note]) -> Note | None:
    """Return the note that this one would strike again at once, if any."""
    for before in reversed(struck):
        if before.pitch == note.pitch and note.onset - before.onset < FLAM:
            return before
    return None
