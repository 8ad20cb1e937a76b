"""The classic network: words for notes and chords, read as a window of the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from antiphon.errors import CorpusError
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon_training.kinds.kind import Kind, Network, Sections
from antiphon_training.kinds.window_fit import WindowFitSection, gentle
from antiphon_training.recipe_sections import CodecSection, Count, NetworkSection, Positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon_training.kinds.setup import Pieces, TrainingSetup

FEWEST_WORDS = 2
CHORD_SECONDS = 0.04
"""On stage; in a corpus the codec counts in beats."""


class SymbolsCodecSection(CodecSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notes and chords as words; see `antiphon.music.codecs.symbols`."""

    name: Literal["symbols"] = "symbols"
    step: Positive = 0.5
    round_chord_durations: list[Positive] = msgspec.field(default_factory=list)
    seen: Count = 1
    words: Count | None = None


class ClassicNetworkSection(NetworkSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Layers of a classic network of words."""

    kind: Literal["classic"] = "classic"
    reads: Literal["scaled", "one-hot"] = "one-hot"
    length: Count = 64
    lstm: list[Count] = msgspec.field(default_factory=lambda: [512, 256])
    dropout: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.2
    dense: list[Count] = msgspec.field(default_factory=lambda: [256])
    activation: Literal["relu", "tanh", "linear"] = "relu"


def _learn_codec(section: SymbolsCodecSection, pieces: Sequence[NoteArray]) -> SymbolsCodec:
    try:
        codec = SymbolsCodec.learn(
            pieces,
            step=section.step,
            lengths=tuple(sorted(section.round_chord_durations)),
            min_count=section.seen,
            most=section.words,
            pedal=section.pedal,
        )
    except CorpusError as error:
        raise CorpusError(_too_rare(section.seen)) from error
    if len(codec.words) < FEWEST_WORDS:
        raise CorpusError(_too_rare(section.seen))
    return codec


def _too_rare(seen: int) -> str:
    return (
        f"No words are left to learn: hardly any is heard {seen} times in these pieces; "
        "lower codec.seen in the recipe, or add files."
    )


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


def _count_unknown(codec: SymbolsCodec, pieces: Sequence[NoteArray]) -> tuple[int, int]:
    heard = codec.counts(pieces)
    unknown = sum(times for word, times in heard.items() if word not in codec.index)
    return heard.total(), unknown


CLASSIC = Kind(
    codec_name=SymbolsCodec.name,
    fields=SymbolsCodec.fields,
    time=SymbolsCodec.time,
    codec_section=SymbolsCodecSection,
    network_section=ClassicNetworkSection,
    fit_section=WindowFitSection,
    learn_codec=_learn_codec,
    make=_make,
    set_up=_set_up,
    gentle=gentle,
    row="symbol",
    chord_seconds=CHORD_SECONDS,
    count_unknown=_count_unknown,
)
