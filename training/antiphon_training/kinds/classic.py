"""The classic network: words for notes and chords, read as a window of the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from antiphon_training.kinds.codecs import SYMBOLS
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.window_fit import WindowFitSection, gentle
from antiphon_training.recipe_sections import Count, Layers, NetworkSection

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


class ClassicNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of a classic network of words."""

    kind: Literal["classic"] = "classic"
    reads: Literal["scaled", "one-hot"] = "one-hot"
    length: Count = 64
    lstm: Layers = msgspec.field(default_factory=lambda: [512, 256])
    dropout: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.2
    dense: list[Count] = msgspec.field(default_factory=lambda: [256])
    activation: Literal["relu", "tanh", "linear"] = "relu"


def _make(section: ClassicNetworkSection, codec: Codec) -> Network:
    from antiphon_training.networks.classic import ClassicNetwork

    return ClassicNetwork(
        codec.sizes[0],
        section.length,
        tuple(section.lstm),
        tuple(section.dense),
        section.dropout,
        section.activation,
        section.reads,
        name="classic",
    )


def _set_up(
    network: Network, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    from antiphon_training.kinds.window_training import set_up_words

    return set_up_words(network, recipe, codec, pieces, hours)


CLASSIC = Kind(
    codec=SYMBOLS,
    network_section=ClassicNetworkSection,
    fit_section=WindowFitSection,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
)
