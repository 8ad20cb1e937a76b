"""What all improvisers share: an instrument, rules, and settings that can change.

An improviser that was tuned is a copy, which shares its limits with the original:
settings that one adopts hold for the other too.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

import numpy as np

from antiphon.instrument.ask import Ask, Recall
from antiphon.music.note import Note
from antiphon.partner.line.codecs import FieldCodec, WordCodec
from antiphon.partner.line.place import Bounds, Place
from antiphon.partner.line.rules import Moment
from antiphon.partner.line.taking import Taking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.instrument.controls import Biases, Controls
    from antiphon.partner.line.cue import Cue
    from antiphon.partner.line.predictor import NextNote, Prediction
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.memory.memory import Memory
    from antiphon.partner.settings import PartnerSettings


class Limits(Protocol):
    """The settings that hold, and what an improviser derives from them."""

    @property
    def settings(self) -> PartnerSettings:
        """The settings that hold."""

    @property
    def controls(self) -> Controls:
        """How freely each field is drawn."""

    def adopt(self, settings: PartnerSettings) -> None:
        """Go by other settings from now on."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What is asked of an improviser: the next notes of one line.

    Attributes
    ----------
    place : Place
        Where the line is.
    bounds : Bounds
        When notes may begin.
    recent : list of Note
        What the line has played last, sorted by onset; empty before its first note.
    rng : Generator
        Gives one number a field.
    """

    place: Place
    bounds: Bounds
    recent: list[Note]
    rng: np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A call of the instrument, and what is needed to turn its result into notes.

    Attributes
    ----------
    place : Place
        Where the line is.
    moment : Moment
        What the rules looked at.
    ask : Ask
        The call.
    """

    place: Place
    moment: Moment
    ask: Ask


C = TypeVar("C", FieldCodec, WordCodec)
L = TypeVar("L", bound=Limits)


class Drawing(Generic[C, L]):
    """An instrument that is called under rules.

    Parameters
    ----------
    predictor : NextNote
        The instrument.
    codec : FieldCodec or WordCodec
        Its codec.
    rules : sequence of Rule
        What every note keeps to, besides the settings.
    limits : Limits
        The settings.
    """

    def __init__(self, predictor: NextNote, codec: C, rules: Sequence[Rule], limits: L) -> None:
        self.predictor = predictor
        self.codec: C = codec
        self._rules = tuple(rules)
        self._limits: L = limits
        self._line_rules: tuple[Rule, ...] = ()
        self._memory: Memory | None = None
        self._taking = Taking()

    @property
    def settings(self) -> PartnerSettings:
        """The settings that hold."""
        return self._limits.settings

    @property
    def taking(self) -> Taking:
        """What a line that begins has taken up: nothing."""
        return self._taking

    def adopt(self, settings: PartnerSettings) -> None:
        """Go by other settings from now on; so do all that were tuned from this one."""
        self._limits.adopt(settings)

    def ruled(self, cue: Cue) -> Self:
        """Return a copy that keeps to the rules of another cue."""
        other = copy.copy(self)
        other._line_rules = cue.rules
        return other

    def _every(self, own: Sequence[Rule]) -> tuple[Rule, ...]:
        """Return the rules of a draw: of all lines, of this one, and `own`."""
        return (*self._rules, *self._line_rules, *own)

    def _recalled(self, places: Sequence[Place]) -> list[Recall | None]:
        """Return what the call at each place takes up."""
        trails = [place.trail for place in places if place.trail is not None]
        if self._memory is None or len(trails) < len(places):
            return [None] * len(places)
        recalled = self._memory.recall_each(trails)
        return [place.steered(recall) for place, recall in zip(places, recalled, strict=True)]

    def mixed(self, draft: Draft, prediction: Prediction) -> Prediction:
        """Return what a call drew, with what it took up: the graph has mixed that in."""
        del draft
        return prediction

    def _ask(
        self,
        place: Place,
        rng: np.random.Generator,
        biases: Biases,
        memory: Recall | None = None,
    ) -> Ask:
        """Return a call of the instrument."""
        uniforms = rng.random(len(self.codec.fields), dtype=np.float32)
        return Ask(place.state, place.row, uniforms, self._limits.controls, biases, memory)
