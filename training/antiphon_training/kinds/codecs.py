"""The codecs that a network can be trained with: their keys in a recipe, and their facts.

Several kinds of network may share a codec. What a codec does is in `antiphon.music`; this
module says how a recipe describes it and how it learns its vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from antiphon.errors import CorpusError
from antiphon.music.chords import CHORD_SPAN
from antiphon.music.codecs.codec import Codec, TimeUnit
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.music.note import NoteArray
from antiphon_training.recipe_sections import CodecSection, Count, Positive

FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedCodec:
    """A codec that a recipe can name.

    Attributes
    ----------
    name : str
        Its name in a recipe and in a card.
    fields : tuple of str
        Its fields, in the order in which they are predicted.
    time : {"seconds", "beats"}
        The unit of the notes that it encodes in training.
    section : type
        The keys of the section [codec].
    learn : callable
        Returns the codec of a section [codec], with a vocabulary learned from pieces
        where it has one. Raises CorpusError where the pieces leave none.
    row : str
        One of its rows in words: "note" or "symbol".
    chord_seconds : float or None
        Notes that begin within so many seconds are one row; None where each note is one.
    count_unknown : callable or None
        Returns how many words the codec finds in pieces, and how many of them are not in
        its vocabulary; None where it has no vocabulary.
    """

    name: str
    fields: tuple[str, ...]
    time: TimeUnit
    section: type[CodecSection]
    learn: Callable[[Any, Sequence[NoteArray]], Codec]
    row: str = "note"
    chord_seconds: float | None = None
    count_unknown: Callable[[Any, Sequence[NoteArray]], tuple[int, int]] | None = None


class PerformanceSection(CodecSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Performed notes as classes."""

    name: Literal["performance"] = "performance"
    chords: Literal["played", "bass"] = "played"


def _performance(section: PerformanceSection, pieces: Sequence[NoteArray]) -> PerformanceCodec:
    del pieces  # its classes are fixed
    return PerformanceCodec(section.pedal, section.chords)


PERFORMANCE = TrainedCodec(
    name=PerformanceCodec.name,
    fields=PerformanceCodec.fields,
    time=PerformanceCodec.time,
    section=PerformanceSection,
    learn=_performance,
)


class TripletSection(CodecSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notes as pitch, step and duration."""

    name: Literal["triplet"] = "triplet"


def _triplet(section: TripletSection, pieces: Sequence[NoteArray]) -> TripletCodec:
    del pieces  # its classes are fixed
    return TripletCodec(section.pedal)


TRIPLET = TrainedCodec(
    name=TripletCodec.name,
    fields=TripletCodec.fields,
    time=TripletCodec.time,
    section=TripletSection,
    learn=_triplet,
)


class SymbolsSection(CodecSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Notes and chords as words; see `antiphon.music.codecs.symbols`."""

    name: Literal["symbols"] = "symbols"
    step: Positive = 0.5
    round_chord_durations: list[Positive] = msgspec.field(default_factory=list)
    seen: Count = 1
    words: Count | None = None
    chord_symbols: bool = False
    swing: bool = True


def _symbols(section: SymbolsSection, pieces: Sequence[NoteArray]) -> SymbolsCodec:
    try:
        codec = SymbolsCodec.learn(
            pieces,
            step=section.step,
            lengths=tuple(sorted(section.round_chord_durations)),
            min_count=section.seen,
            most=section.words,
            pedal=section.pedal,
            chord_symbols=section.chord_symbols,
            swings=section.swing,
        )
    except CorpusError as error:
        raise CorpusError(_too_rare(section.seen)) from error
    if len(codec.words) < FEWEST_WORDS:
        raise CorpusError(_too_rare(section.seen))
    return codec


def _too_rare(seen: int) -> str:
    return (
        f"No words are left to learn: hardly any occurs {seen} times in these pieces; "
        "lower codec.seen in the recipe, or add files."
    )


def _unknown_words(codec: SymbolsCodec, pieces: Sequence[NoteArray]) -> tuple[int, int]:
    counts = codec.counts(pieces)
    unknown = sum(times for word, times in counts.items() if word not in codec.index)
    return counts.total(), unknown


SYMBOLS = TrainedCodec(
    name=SymbolsCodec.name,
    fields=SymbolsCodec.fields,
    time=SymbolsCodec.time,
    section=SymbolsSection,
    learn=_symbols,
    row="symbol",
    chord_seconds=CHORD_SPAN,
    count_unknown=_unknown_words,
)
