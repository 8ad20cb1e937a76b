"""The classic network: words for notes and chords, read as a window of the last ones.

It is of two kinds: `classic` is the LSTM layers alone, `attention` adds attention over the
window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import msgspec

from antiphon_training.kinds.codecs import SYMBOLS
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.window_fit import WindowFitSection, gentle
from antiphon_training.recipe_sections import BelowOne, Count, Layers, NetworkSection

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


class ClassicNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of a classic network of words."""

    kind: Literal["classic"] = "classic"
    reads: Literal["scaled", "one-hot"] = "one-hot"
    length: Count = 64
    lstm: Layers = msgspec.field(default_factory=lambda: [512, 256])
    dropout: BelowOne = 0.2
    dense: list[Count] = msgspec.field(default_factory=lambda: [256])
    activation: Literal["relu", "tanh", "linear"] = "relu"


class AttentionNetworkSection(
    ClassicNetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Layers of a classic network of words with attention over its window."""

    kind: Literal["attention"] = "attention"  # type: ignore[assignment]
    attention: Count = 64


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
        section.attention if isinstance(section, AttentionNetworkSection) else 0,
        name=section.kind,
    )


def _set_up(
    network: Network, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    from antiphon_training.kinds.window_training import set_up_words

    return set_up_words(network, recipe, codec, pieces, hours)


CLASSIC = Kind(
    codecs=(SYMBOLS,),
    network_section=ClassicNetworkSection,
    fit_section=WindowFitSection,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
)

ATTENTION = replace(CLASSIC, network_section=AttentionNetworkSection)
