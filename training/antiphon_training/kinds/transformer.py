"""A small Transformer: words, or performed notes, read as an endless stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from antiphon_training.kinds.codecs import PERFORMANCE, SYMBOLS
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.stream_fit import StreamFitSection, gentle
from antiphon_training.recipe_sections import BelowOne, Count, NetworkSection

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec
    from antiphon_training.kinds.setup import Pieces, TrainingSetup


class TransformerNetworkSection(
    NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Sizes of a Transformer."""

    kind: Literal["transformer"] = "transformer"
    blocks: Count = 4
    heads: Count = 4
    head_units: Count = 64
    reach: Annotated[int, Meta(ge=2)] = 128
    head: Count = 256
    dropout: BelowOne = 0.1


def _make(section: TransformerNetworkSection, codec: Codec) -> Network:
    from antiphon_training.networks.transformer import TransformerNetwork

    return TransformerNetwork(
        codec.fields,
        codec.sizes,
        codec.input_sizes,
        units=section.heads * section.head_units,
        blocks=section.blocks,
        heads=section.heads,
        reach=section.reach,
        head=section.head,
        dropout=section.dropout,
        name="transformer",
    )


def _set_up(
    network: Network, recipe: Sections, codec: Codec, pieces: Pieces, hours: float | None
) -> TrainingSetup:
    from antiphon_training.kinds.stream_training import set_up_notes, set_up_words

    set_up = set_up_words if codec.name == SYMBOLS.name else set_up_notes
    return set_up(network, recipe, codec, pieces, hours)


TRANSFORMER = Kind(
    codecs=(SYMBOLS, PERFORMANCE),
    network_section=TransformerNetworkSection,
    fit_section=StreamFitSection,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
    has_lessons=True,
)
