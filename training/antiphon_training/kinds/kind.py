"""The form of a kind of network: its keys in a recipe, its codec, its network, its training.

A module of this room describes one kind as a `Kind`, and `registry` lists all of them.
Recipes are read before Keras is imported, so the functions of a kind import what needs
Keras when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from antiphon.music.codecs.codec import Codec, TimeUnit
from antiphon.music.note import NoteArray
from antiphon_training.kinds.setup import Pieces, TrainingSetup
from antiphon_training.recipe_sections import (
    AugmentationRecipe,
    CodecSection,
    FitSection,
    NetworkSection,
)

Network = Any
"""A `keras.Model`, whose types mypy does not read."""


class Sections(Protocol):
    """What a kind reads of a recipe."""

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
    codec_name : str
        The name of the codec that the network reads, in a recipe and in a card.
    fields : tuple of str
        The fields of the codec, in the order in which they are predicted.
    time : {"seconds", "beats"}
        The unit of the notes that the codec encodes in training.
    codec_section, network_section, fit_section : type
        The keys of the sections [codec], [network] and [fit] of its recipes.
    learn_codec : callable
        Returns the codec of a section [codec], with a vocabulary learned from pieces
        where it has one. Raises CorpusError where the pieces leave none.
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
    row : str
        What a row of its codec is, in words.
    chord_seconds : float or None
        Notes that begin within so many seconds are one row; None where each note is one.
    count_unknown : callable or None
        Returns how many words a codec hears in pieces, and how many of them are not in
        its vocabulary; None where the codec has no vocabulary.
    """

    codec_name: str
    fields: tuple[str, ...]
    time: TimeUnit
    codec_section: type[CodecSection]
    network_section: type[NetworkSection]
    fit_section: type[FitSection]
    learn_codec: Callable[[Any, Sequence[NoteArray]], Codec]
    make: Callable[[Any, Codec], Network]
    set_up: Callable[[Network, Sections, Codec, Pieces, float | None], TrainingSetup]
    gentle: Callable[[Mapping[str, Any]], FitSection]
    loss_unit: str = "nats"
    row: str = "note"
    chord_seconds: float | None = None
    count_unknown: Callable[[Any, Sequence[NoteArray]], tuple[int, int]] | None = None

    @property
    def name(self) -> str:
        """The value of `network.kind` in a recipe."""
        return self.network_section().kind

    def build(self, section: NetworkSection, codec: Codec) -> Network:
        """Return the network of a section [network], with its weights made."""
        network = self.make(section, codec)
        network.build()
        return network
