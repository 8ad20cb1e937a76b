"""All kinds of network and their codecs, by their names in a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.kinds.classic import CLASSIC
from antiphon_training.kinds.house import HOUSE
from antiphon_training.kinds.triplet import TRIPLETS

if TYPE_CHECKING:
    from antiphon_training.kinds.codecs import TrainedCodec
    from antiphon_training.kinds.kind import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (HOUSE, CLASSIC, TRIPLETS)}
"""By `network.kind`; the first is the default of a recipe."""

CODECS: dict[str, TrainedCodec] = {kind.codec.name: kind.codec for kind in KINDS.values()}
"""The codecs that they read, by `codec.name`."""
