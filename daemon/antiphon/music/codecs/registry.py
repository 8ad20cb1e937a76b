"""The codec that an instrument's card describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from antiphon.errors import InstrumentError
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from antiphon.music.codecs.codec import Codec


def codec_from_table(table: Mapping[str, Any]) -> Codec:
    """Return the codec that a card describes.

    Raises
    ------
    InstrumentError
        The card names a codec that this version does not know, or tables that
        differ from that codec's.
    """
    name = table.get("name")
    make = MAKERS.get(name) if isinstance(name, str) else None
    if make is None:
        raise InstrumentError(
            f"The instrument's codec is {name!r}, which this version of Antiphon does not know; "
            "update Antiphon, or choose another instrument."
        )
    if table.get("pedal") not in ("keys", "sustain"):
        raise InstrumentError("The instrument's card does not say how it treats the pedal.")
    try:
        codec = make(table)
    except (KeyError, TypeError, ValueError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise InstrumentError(
            f"The instrument's card does not describe a {name} codec: {reason}; "
            "export the instrument again with this version of Antiphon."
        ) from error
    for key, value in codec.table().items():
        if table.get(key) != value:
            raise InstrumentError(
                f"The instrument's codec table {key!r} is not that of the {name} codec; "
                "export the instrument again with this version of Antiphon."
            )
    return codec


def _performance(table: Mapping[str, Any]) -> PerformanceCodec:
    return PerformanceCodec(table["pedal"], table.get("chords", "played"))


def _triplet(table: Mapping[str, Any]) -> TripletCodec:
    return TripletCodec(table["pedal"], table["velocity"])


def _symbols(table: Mapping[str, Any]) -> SymbolsCodec:
    return SymbolsCodec(
        table["words"],
        step=table["step"],
        lengths=table["lengths"],
        chord_span=table["chord_span"],
        pedal=table["pedal"],
        chord_symbols=table.get("chord_symbols", False),
        swings=table.get("swing", True),
    )


MAKERS: dict[str, Callable[[Mapping[str, Any]], Codec]] = {
    PerformanceCodec.name: _performance,
    TripletCodec.name: _triplet,
    SymbolsCodec.name: _symbols,
}
"""How each codec is made from its table, by name."""
