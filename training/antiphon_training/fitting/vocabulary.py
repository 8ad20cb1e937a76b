"""The codec of a run: given by the recipe, and for words learned from the pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from antiphon.errors import CorpusError
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray
    from antiphon_training.recipe import Recipe

FEWEST_WORDS = 2


def learn_codec(recipe: Recipe, pieces: Sequence[NoteArray]) -> Codec:
    """Return the codec of a recipe, with a vocabulary learned from pieces where it has one.

    Raises
    ------
    CorpusError
        No words are left, for all are too rare.
    """
    wanted: Any = recipe.codec
    if wanted.name == "performance":
        return PerformanceCodec(wanted.pedal)
    if wanted.name == "triplet":
        return TripletCodec(wanted.pedal)
    try:
        codec = SymbolsCodec.learn(
            pieces,
            step=wanted.step,
            lengths=tuple(sorted(wanted.round_chord_durations)),
            min_count=wanted.seen,
            most=wanted.words,
            pedal=wanted.pedal,
        )
    except CorpusError as error:
        raise CorpusError(_too_rare(wanted.seen)) from error
    if len(codec.words) < FEWEST_WORDS:
        raise CorpusError(_too_rare(wanted.seen))
    return codec


def _too_rare(seen: int) -> str:
    return (
        f"No words are left to learn: hardly any is heard {seen} times in these pieces; "
        "lower codec.seen in the recipe, or add files."
    )
