"""The house network: performed notes, read as an endless stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from antiphon_training.kinds.codecs import PERFORMANCE
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.stream_fit import StreamFitSection, gentle
from antiphon_training.recipe_sections import BelowOne, Count, NetworkSection

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


class HouseNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sizes of the house network."""

    kind: Literal["house"] = "house"
    layers: Count = 2
    units: Count = 512
    embedding: Count = 256
    head: Count = 256
    dropout: BelowOne = 0.0
    attention: Annotated[int, Meta(ge=0)] = 0


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
    from antiphon_training.kinds.stream_training import set_up_notes

    return set_up_notes(network, recipe, codec, pieces, hours)


HOUSE = Kind(
    codecs=(PERFORMANCE,),
    network_section=HouseNetworkSection,
    fit_section=StreamFitSection,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
    has_lessons=True,
)
