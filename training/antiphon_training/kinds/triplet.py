"""The network of triplets: pitch, step and duration, read as a window of the last notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from antiphon.music.codecs.time_bins import time_edges
from antiphon_training.kinds.codecs import TRIPLET
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.window_fit import WindowFitSection, gentle
from antiphon_training.recipe_sections import BelowOne, Count, Layers, NetworkSection, Positive

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


class TripletNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of the network of triplets, and the weight of each of its losses."""

    kind: Literal["triplet"] = "triplet"
    reads: Literal["scaled", "one-hot"] = "scaled"
    length: Count = 25
    lstm: Layers = msgspec.field(default_factory=lambda: [128])
    dropout: BelowOne = 0.0
    pitch_weight: Positive = 0.05
    step_weight: Positive = 1.0
    duration_weight: Positive = 1.0


def _make(section: TripletNetworkSection, codec: Any) -> Network:
    from antiphon_training.networks.triplet import TripletNetwork

    return TripletNetwork(
        codec.centres,
        time_edges(),
        section.length,
        tuple(section.lstm),
        section.dropout,
        section.reads,
        name="triplet",
    )


def _set_up(
    network: Network, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    from antiphon_training.kinds.window_training import set_up_triplets

    return set_up_triplets(network, recipe, codec, pieces, hours)


TRIPLETS = Kind(
    codecs=(TRIPLET,),
    network_section=TripletNetworkSection,
    fit_section=WindowFitSection,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
    loss_unit="loss",
)
