"""All kinds of network and their codecs, by their names in a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.kinds.classic import ATTENTION, CLASSIC
from antiphon_training.kinds.house import HOUSE
from antiphon_training.kinds.transformer import TRANSFORMER
from antiphon_training.kinds.triplet import TRIPLETS

if TYPE_CHECKING:
    from antiphon_training.kinds.codecs import TrainedCodec
    from antiphon_training.kinds.kind import Kind

_ALL = (HOUSE, CLASSIC, ATTENTION, TRANSFORMER, TRIPLETS)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
"""By `network.kind`; the first is the default of a recipe."""

CODECS: dict[str, TrainedCodec] = {
    codec.name: codec for kind in KINDS.values() for codec in kind.codecs
}
"""The codecs that they read, by `codec.name`."""
