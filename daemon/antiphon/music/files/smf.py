"""The bytes of a standard MIDI file, piece by piece, as they are written.

Positions are ticks, of which a quarter has `TICKS_PER_BEAT`: at 120 bpm a tick is
0.52 ms, an order finer than any musician plays. Every function returns bytes
that are valid on their own in the place that its docstring names.

Source: MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TICKS_PER_BEAT = 960
LONGEST_VARIABLE = 0x0FFFFFFF
END_OF_TRACK = b"\x00\xff\x2f\x00"
TEXT, COPYRIGHT, LYRICS, MARKER, CUE = 0x01, 0x02, 0x05, 0x06, 0x07
NAME, END, TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x03, 0x2F, 0x51, 0x58, 0x59
"""Kinds of meta events."""
NOTHING = b"\xff\x7f\x00"
"""A meta event of a sequencer's own without content: it does nothing."""


def variable_length(value: int) -> bytes:
    """Return a delta time or a length as a variable-length quantity.

    Raises
    ------
    ValueError
        The value is negative or beyond 28 bits.
    """
    if not 0 <= value <= LONGEST_VARIABLE:
        raise ValueError(f"{value} does not fit into a variable-length quantity")
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(value & 0x7F | 0x80)
    return bytes(reversed(digits))


def file_header(tracks: int, ticks_per_beat: int = TICKS_PER_BEAT) -> bytes:
    """Return the header chunk of a type 1 file; a negative resolution is SMPTE time."""
    return chunk(b"MThd", struct.pack(">HHh", 1, tracks, ticks_per_beat))


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk: four letters, the length, the body."""
    return kind + struct.pack(">I", len(body)) + body


def track_chunk(events: bytes) -> bytes:
    """Return a track of events, which do not hold their own end of track."""
    return chunk(b"MTrk", events + END_OF_TRACK)


def delta_time(ticks: int) -> bytes:
    """Return a delta time; where one is too long for a file, events that do nothing part it.

    Raises
    ------
    ValueError
        It is negative.
    """
    parts = max(ticks - 1, 0) // LONGEST_VARIABLE
    whole = (variable_length(LONGEST_VARIABLE) + NOTHING) * parts
    return whole + variable_length(ticks - parts * LONGEST_VARIABLE)


def meta(kind: int, body: bytes) -> bytes:
    """Return a meta event, which belongs behind its delta time."""
    return b"\xff" + bytes([kind]) + variable_length(len(body)) + body


def meta_event(kind: int, body: bytes) -> bytes:
    """Return a meta event at the position of the event before it."""
    return b"\x00" + meta(kind, body)


def name_event(name: str) -> bytes:
    """Return a track's name; it belongs first in its track."""
    return meta_event(NAME, name.encode("utf-8"))


def tempo_track(tempo_bpm: float, texts: Iterable[tuple[int, bytes]] = (), name: str = "") -> bytes:
    """Return the first track of a type 1 file: texts as (kind, content), one tempo, 4/4.

    Raises
    ------
    ValueError
        The tempo is not within 4 to 1000 bpm.
    """
    return conductor_track(
        [
            *((0, *text) for text in texts),
            (0, *tempo(microseconds_per_beat(tempo_bpm))),
            (0, *time_signature(4, 4)),
        ],
        name,
    )


def conductor_track(events: Iterable[tuple[int, int, bytes]], name: str = "") -> bytes:
    """Return the first track of a type 1 file.

    Parameters
    ----------
    events : iterable of (int, int, bytes)
        The tick of each event, its kind and what it holds, by tick.
    name : str
        The title of the piece; "Tempo" where it has none.
    """
    pieces, now = [name_event(name or "Tempo")], 0
    for tick, kind, body in events:
        pieces += [delta_time(tick - now), meta(kind, body)]
        now = tick
    return track_chunk(b"".join(pieces))


def tempo(microseconds: int) -> tuple[int, bytes]:
    """Return the kind and the content of a tempo event: the length of a quarter."""
    return TEMPO, microseconds.to_bytes(3, "big")


def time_signature(count: int, unit: int) -> tuple[int, bytes]:
    """Return the kind and the content of a time signature; the unit is a power of two."""
    return TIME_SIGNATURE, bytes([count, unit.bit_length() - 1, 24, 8])


def key_signature(fifths: int, *, minor: bool) -> tuple[int, bytes]:
    """Return the kind and the content of a key signature: its sharps, flats below 0."""
    return KEY_SIGNATURE, fifths.to_bytes(1, "big", signed=True) + bytes([minor])


def microseconds_per_beat(tempo_bpm: float) -> int:
    """Return the length of a quarter as files store it."""
    if not 4.0 <= tempo_bpm <= 1000.0:
        raise ValueError(f"tempo {tempo_bpm} bpm is not within 4 to 1000")
    return round(60e6 / tempo_bpm)
