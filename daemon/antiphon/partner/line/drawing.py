"""What all improvisers share: an instrument, rules, and settings that can change.

An improviser that was tuned is a copy, which shares its limits with the original:
settings that one adopts hold for the other too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

from antiphon.instrument.ask import Ask
from antiphon.instrument.controls import Biases
from antiphon.partner.line.codecs import FieldCodec, WordCodec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from antiphon.instrument.controls import Controls
    from antiphon.partner.line.place import Place
    from antiphon.partner.line.predictor import NextNote, Prediction
    from antiphon.partner.line.rules import Moment, Rule, Slate
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
        self._biases = Biases(codec)

    @property
    def settings(self) -> PartnerSettings:
        """The settings that hold."""
        return self._limits.settings

    def adopt(self, settings: PartnerSettings) -> None:
        """Go by other settings from now on; so do all that were tuned from this one."""
        self._limits.adopt(settings)

    def _weigh(self, moment: Moment, slate: Slate, rules: Iterable[Rule]) -> None:
        """Let rules weigh the next note on an empty slate of the biases."""
        self._biases.clear()
        for rule in rules:
            rule.weigh(moment, slate)

    def _step(self, place: Place, rng: np.random.Generator) -> Prediction:
        """Call the instrument once, with the biases as they are."""
        uniforms = rng.random(len(self.codec.fields), dtype=np.float32)
        return self.predictor.step(
            Ask(place.state, place.row, uniforms, self._limits.controls, self._biases)
        )
