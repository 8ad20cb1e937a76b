"""Every codec comes back from its card, and only from a whole one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from antiphon.errors import InstrumentError
from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.registry import codec_from_table
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.codecs.triplet import TripletCodec

if TYPE_CHECKING:
    from antiphon.music.codecs.codec import Codec

CODECS: list[Codec] = [
    PerformanceCodec("sustain"),
    TripletCodec("sustain", velocity=90),
    SymbolsCodec(["0.4.7", "C4"], step=0.25, pedal="sustain"),
    SymbolsCodec(["C4:1", "0.4.7:0.333333"], lengths=(1 / 3, 1), chord_span=0.1),
]


def written(codec: Codec) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(json.dumps(codec.table()))
    return table


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_card_restores_the_codec(codec: Codec) -> None:
    restored = codec_from_table(written(codec))
    assert type(restored) is type(codec)
    assert restored.table() == codec.table()
    assert restored.pedal == codec.pedal
    assert len(codec.fields) == len(codec.sizes) == len(codec.input_sizes) == len(codec.start)
    assert all(first < size for first, size in zip(codec.start, codec.input_sizes, strict=True))


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_card_that_lacks_something_is_refused(codec: Codec) -> None:
    for key in codec.table():
        table = written(codec)
        del table[key]
        with pytest.raises(InstrumentError):
            codec_from_table(table)


@pytest.mark.parametrize(
    ("codec", "key", "value", "reason"),
    [
        (CODECS[1], "velocity", 0, "velocity 0 is not within"),
        (CODECS[1], "held_seconds", 0.4, "'held_seconds'"),
        (CODECS[2], "words", [], "must have a word"),
        (CODECS[2], "words", ["C4", "C4"], "twice"),
        (CODECS[2], "words", ["C4", "4.0.7"], "'4.0.7' is not the normal order"),
        (CODECS[2], "words", [1, 2], "codec"),
        (CODECS[2], "words", None, "codec"),
        (CODECS[2], "sizes", [3], "'sizes'"),
        (CODECS[2], "step", -1, "above 0"),
        (CODECS[2], "step", "long", "codec"),
        (CODECS[3], "lengths", [1, 0.5], "ascend"),
        (CODECS[3], "lengths", [0.5, 2], "none of the lengths 0.5, 2"),
        (CODECS[3], "chord_span", 0, "above 0"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused_in_one_sentence(
    codec: Codec, key: str, value: Any, reason: str
) -> None:
    with pytest.raises(InstrumentError, match=reason) as refusal:
        codec_from_table({**written(codec), key: value})
    assert "export the instrument again" in str(refusal.value)


def test_an_unknown_codec_is_told_by_its_name() -> None:
    with pytest.raises(InstrumentError, match="'remi', which this version"):
        codec_from_table({"name": "remi"})
