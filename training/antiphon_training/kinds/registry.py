"""All kinds of network, by the name that a recipe gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.kinds.classic import CLASSIC
from antiphon_training.kinds.house import HOUSE
from antiphon_training.kinds.triplet import TRIPLET

if TYPE_CHECKING:
    from antiphon_training.kinds.kind import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (HOUSE, CLASSIC, TRIPLET)}
"""By `network.kind`; the first is the default of a recipe."""

CODECS: dict[str, Kind] = {kind.codec_name: kind for kind in KINDS.values()}
"""By `codec.name`, the kind that reads it."""
