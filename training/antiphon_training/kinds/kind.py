"""The form of a kind of network: its keys in a recipe, its codec, its network, its training.

A module of this room describes one kind as a `Kind`, and `registry` lists all of them.
Recipes are read before Keras is imported, so the functions of a kind import what needs
Keras when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from antiphon.music.codecs.codec import Codec
from antiphon_training.kinds.codecs import TrainedCodec
from antiphon_training.kinds.setup import Pieces, TrainingSetup
from antiphon_training.recipe_sections import (
    AugmentationRecipe,
    FitSection,
    NetworkSection,
)

Network = Any
"""A `keras.Model`, whose types mypy does not read."""


class Sections(Protocol):
    """The sections of a recipe that a kind reads."""

    @property
    def network(self) -> Any:
        """The section [network], of the kind's own class."""

    @property
    def fit(self) -> Any:
        """The section [fit], of the kind's own class."""

    @property
    def augmentation(self) -> AugmentationRecipe:
        """The section [augmentation]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of network.

    Attributes
    ----------
    codecs : tuple of TrainedCodec
        The codecs that the network can read; the first is that of a recipe which names none.
    network_section, fit_section : type
        The keys of the sections [network] and [fit] of its recipes.
    make : callable
        Returns the network of a section [network] and a codec.
    set_up : callable
        Returns a compiled network with its data, from the network, a recipe, the codec,
        the pieces, and the hours of training after which it ends (None: no limit).
        Raises CorpusError where the pieces are too few or too short.
    gentle : callable
        Returns the section [fit] for training a network further on a few pieces, from the
        keys of the section that it was trained by.
    loss_unit : str
        The unit of its loss.
    has_lessons : bool
        Whether its training follows `Pieces.lessons`: pieces that are drawn more often, or
        that do not teach every field.
    """

    codecs: tuple[TrainedCodec, ...]
    network_section: type[NetworkSection]
    fit_section: type[FitSection]
    make: Callable[[Any, Codec], Network]
    set_up: Callable[[Network, Sections, Codec, Pieces, float | None], TrainingSetup]
    gentle: Callable[[Mapping[str, Any]], FitSection]
    loss_unit: str = "nats"
    has_lessons: bool = False

    @property
    def name(self) -> str:
        """The value of `network.kind` in a recipe."""
        return self.network_section().kind

    def build(self, section: NetworkSection, codec: Codec) -> Network:
        """Return the network of a section [network], with its weights made."""
        network = self.make(section, codec)
        network.build()
        return network
