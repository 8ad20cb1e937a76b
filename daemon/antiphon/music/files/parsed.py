"""A standard MIDI file as mido parses it, and what of mido's types is used."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol, cast

import mido

from antiphon.music.files.ticks import TempoMap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from antiphon.music.files.clean import CleanMidi


class ParsedMessage(Protocol):
    """What mido gives for one event, so far as it is used here."""

    type: str
    time: int
    name: str
    tempo: int
    is_meta: bool

    def bytes(self) -> list[int]:
        """Return it as it stands in a stream of MIDI."""


class ParsedFile(Protocol):
    """What mido gives for one file, so far as it is used here."""

    ticks_per_beat: int
    tracks: list[list[ParsedMessage]]


def parse(file: CleanMidi) -> ParsedFile:
    """Return the events of a file that was cleaned."""
    return cast("ParsedFile", mido.MidiFile(file=io.BytesIO(file.to_bytes()), charset="utf-8"))


def clock_of(file: ParsedFile) -> TempoMap:
    """Return the tempo map of a file."""
    changes = [(tick, event.tempo) for tick, event in metas(file) if event.type == "set_tempo"]
    return TempoMap(file.ticks_per_beat, changes)


def metas(file: ParsedFile) -> Iterator[tuple[int, ParsedMessage]]:
    """Yield the meta events of all tracks, each with its tick."""
    for events in file.tracks:
        tick = 0
        for event in events:
            tick += event.time
            if event.is_meta:
                yield tick, event
