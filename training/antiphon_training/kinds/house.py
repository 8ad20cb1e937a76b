"""The house network: performed notes, read as an endless stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from antiphon_training.kinds.codecs import PERFORMANCE
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.recipe_sections import (
    Count,
    FitSection,
    NetworkSection,
    Positive,
    Share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


BelowOne = Annotated[float, Meta(ge=0.0, lt=1.0)]


class HouseNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sizes of the house network."""

    kind: Literal["house"] = "house"
    layers: Count = 2
    units: Count = 512
    embedding: Count = 256
    head: Count = 256
    dropout: BelowOne = 0.0
    attention: Annotated[int, Meta(ge=0)] = 0


class HouseFitSection(FitSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Length, learning rate and regularisation of the training of a house network."""

    batch: Count = 64
    steps: Count = 96
    batches_a_round: Count = 8
    rounds_an_epoch: Count = 20
    epochs: Count = 56
    learning_rate: Positive = 0.002
    warmup_steps: Count = 200
    decay_share: Share = 0.3
    weight_decay: Annotated[float, Meta(ge=0.0)] = 0.01
    gradient_norm: Positive = 1.0
    average: BelowOne = 0.0

    @property
    def steps_an_epoch(self) -> int:
        """Number of training batches an epoch."""
        return self.rounds_an_epoch * self.batches_a_round


def _make(section: HouseNetworkSection, codec: Codec) -> Network:
    from antiphon_training.networks.house import HouseNetwork

    return HouseNetwork(
        codec.fields,
        codec.sizes,
        codec.input_sizes,
        units=section.units,
        embedding=section.embedding,
        head=section.head,
        layers_count=section.layers,
        dropout=section.dropout,
        attention=section.attention,
        name="house",
    )


def _set_up(
    network: Network, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    from antiphon_training.kinds.house_training import set_up_house

    return set_up_house(network, recipe, codec, pieces, hours)


def _gentle(before: Mapping[str, Any]) -> HouseFitSection:
    del before  # a few sessions need other numbers than a corpus
    return HouseFitSection(
        batch=16,
        rounds_an_epoch=2,
        epochs=8,
        learning_rate=0.0002,
        warmup_steps=8,
        decay_share=0.5,
        patience=3,
    )


HOUSE = Kind(
    codec=PERFORMANCE,
    network_section=HouseNetworkSection,
    fit_section=HouseFitSection,
    make=_make,
    set_up=_set_up,
    gentle=_gentle,
    has_lessons=True,
)
