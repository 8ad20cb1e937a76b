"""One note after another, drawn field by field: pitch, step, duration, and more.

Times are seconds of the session's clock.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from antiphon.instrument.controls import Controls
from antiphon.partner.line.codecs import FieldCodec
from antiphon.partner.line.drawing import Drawing
from antiphon.partner.line.place import Place
from antiphon.partner.line.rules import (
    FieldSlate,
    Moment,
    NotAfter,
    NotBefore,
    Range,
    Rule,
    Without,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from antiphon.music.note import Note, NoteArray
    from antiphon.partner.line.place import Bounds
    from antiphon.partner.line.predictor import NextNote, State
    from antiphon.partner.settings import PartnerSettings

FLAM = 0.05
"""The same pitch is not struck again sooner than this: no hand does."""

STEP, DURATION = 1, 2


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
        low, high = _steps(codec)
        self._reach = float(low[-1])
        self._slate = FieldSlate(self._biases.row("pitch"), self._biases.row("step"), low, high)

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
        latest = max(bounds.earliest, bounds.latest)
        moment = Moment(previous, bounds.earliest, latest, bounds.end)
        note, state, row = self._call(place, moment, rng)
        struck = [n for n in recent if n.onset > previous - FLAM]
        again = _flam(note, struck)
        if again is not None:
            if not place.without:
                return [], replace(place, without=tuple(n.pitch for n in struck))
            note = replace(note, onset=again.onset + FLAM)  # the range has no other pitch
        row[STEP] = self.codec.time_class(note.onset - previous)
        return [note], Place(state, row, note.onset)

    def together(
        self, place: Place, rules: Sequence[Rule], count: int, rng: np.random.Generator
    ) -> Iterator[Note]:
        """Draw notes for the instant of the last one, each by one call of the instrument."""
        taken: tuple[int, ...] = ()
        moment = Moment(place.onset, place.onset, place.onset)
        for _ in range(count):
            note, state, row = self._call(place, moment, rng, rules)
            if note.pitch in taken:
                return  # the rules leave no other pitch
            yield note
            row[STEP] = self.codec.time_class(0.0)
            taken = (*taken, note.pitch)
            place = Place(state, row, place.onset, without=taken)

    def _call(
        self,
        place: Place,
        moment: Moment,
        rng: np.random.Generator,
        rules: Sequence[Rule] = (),
    ) -> tuple[Note, State, NDArray[np.int32]]:
        """Call the instrument once; return the note, the new state and the note's row."""
        without = (Without(place.without),) if place.without else ()
        every = (*self._limits.rules, *self._rules, *rules, *without)
        self._weigh(moment, self._slate, every)
        prediction = self._step(place, rng)
        note = self.codec.decode_one(prediction.classes, prediction.within, moment.previous)
        longest = self.settings.longest_note
        duration = longest if note.duration is None else min(note.duration, longest)
        onset = min(max(note.onset, moment.earliest), moment.latest)
        row = np.array(prediction.classes, dtype=np.int32)
        row[DURATION] = self.codec.time_class(duration)
        return replace(note, onset=onset, duration=duration), prediction.state, row


def _steps(codec: FieldCodec) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shortest and the longest step of each class, in seconds.

    The codec keeps what it decodes off the edges. Here each class ends where the
    next begins, so that no step falls between two; the last has no upper bound.
    """
    bounds = np.array([codec.time_range(index) for index in range(codec.sizes[STEP])])
    edges = (bounds[:-1, 1] + bounds[1:, 0]) / 2.0
    return np.concatenate([[0.0], edges]), np.concatenate([edges, [np.inf]])


def _flam(note: Note, struck: Sequence[Note]) -> Note | None:
    """Return the note that this one would strike again at once, if any."""
    for before in reversed(struck):
        if before.pitch == note.pitch and note.onset - before.onset < FLAM:
            return before
    return None
