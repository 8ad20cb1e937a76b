"""The chunks of a MIDI file, found in whatever it is wrapped in, however it is cut.

A byte-order mark, the RIFF of an .rmi file and the 128 bytes that old Macs put in
front are taken off. Chunks that are no track are passed over. Where the length of
a track is wrong, the next `MTrk` tells where it ends.

Source: MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001) and RIFF
MIDI (RP-029).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.music.files.foreign import BLANKS, what_it_is, without_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD, TRACK = b"MThd", b"MTrk"
LARGE_CHUNK, HEADER = struct.Struct(">4sI"), struct.Struct(">HHh")
SMALL_CHUNK = struct.Struct("<4sI")
END_OF_TRACK = b"\xff\x2f\x00"
MAC_HEADER = 128
"""Bytes of MacBinary in front of the file itself."""
RIFF_MIDI = b"RMID"
RIFF_BEGINNING = 12

OTHER, AGAIN = "choose another MIDI file", "fetch or save it again"


class UnreadableMidiError(ValueError):
    """A file is no MIDI file, or is too damaged to be read.

    Attributes
    ----------
    reason : str
        The rest of a sentence about the file: "is empty".
    advice : str
        What to do about it.
    """

    def __init__(self, reason: str, advice: str = AGAIN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Chunks:
    """A file's header, and the bytes of its tracks.

    Attributes
    ----------
    kind : int
        0, 1 or 2; what is unknown is read like 1.
    promised : int
        How many tracks the header counts.
    division : int
        See `TempoMap`.
    tracks : tuple of bytes
        The events of each.
    wrong_lengths : bool
        Whether a track is longer or shorter than it says.
    """

    kind: int
    promised: int
    division: int
    tracks: tuple[bytes, ...]
    wrong_lengths: bool


def read_chunks(content: bytes) -> Chunks:
    """Return the chunks of a MIDI file.

    Raises
    ------
    UnreadableMidiError
        It is no MIDI file, or its header is damaged.
    """
    if not content:
        raise UnreadableMidiError("is empty", OTHER)
    content = _unwrapped(content)
    if len(content) < LARGE_CHUNK.size + HEADER.size:
        raise UnreadableMidiError("is cut short within its header")
    _, size = LARGE_CHUNK.unpack_from(content)
    if size < HEADER.size:
        raise UnreadableMidiError("is damaged: its header is too short")
    kind, promised, division = HEADER.unpack_from(content, LARGE_CHUNK.size)
    if division == 0 or (division < 0 and division & 0xFF == 0):
        raise UnreadableMidiError("is damaged: a quarter has no ticks")
    begin = LARGE_CHUNK.size + size
    if content[begin : begin + 4] != TRACK and TRACK in content[:begin]:
        begin = content.index(TRACK)  # a header whose length is wrong
    tracks = list(_tracks(content, begin))
    if not tracks and promised:
        raise UnreadableMidiError("is damaged: it holds none of the tracks that its header counts")
    bodies = tuple(body for body, _ in tracks)
    return Chunks(kind, promised, division, bodies, not all(whole for _, whole in tracks))


def _unwrapped(content: bytes) -> bytes:
    """Return a file from its `MThd` on.

    Raises
    ------
    UnreadableMidiError
        There is none where one should be.
    """
    plain = without_mark(content)
    if content.startswith(b"RIFF") and content[8:RIFF_BEGINNING] == RIFF_MIDI:
        plain = _inside_riff(content)
    elif content[MAC_HEADER : MAC_HEADER + 4] == HEAD and content[0] == 0:
        plain = content[MAC_HEADER:]
    plain = plain.lstrip(BLANKS)
    if plain.startswith(HEAD):
        return plain
    what = what_it_is(content)
    raise UnreadableMidiError(f"is no MIDI file but {what}" if what else "is no MIDI file", OTHER)


def _inside_riff(content: bytes) -> bytes:
    """Return the body of the chunk `data` of a RIFF file."""
    place = RIFF_BEGINNING
    while place + SMALL_CHUNK.size <= len(content):
        kind, size = SMALL_CHUNK.unpack_from(content, place)
        place += SMALL_CHUNK.size
        if kind == b"data":
            return content[place : place + size] if size else content[place:]
        place += size + size % 2  # chunks of odd lengths are filled up
    raise UnreadableMidiError("is damaged: its RIFF holds no MIDI file")


def _tracks(content: bytes, place: int) -> Iterator[tuple[bytes, bool]]:
    """Yield the events of each track, and whether they are as long as the track says."""
    while place + LARGE_CHUNK.size <= len(content):
        kind, size = LARGE_CHUNK.unpack_from(content, place)
        if not kind.isascii() or not kind.decode("ascii").isprintable():
            return  # what follows the last track is no chunk
        begin = place + LARGE_CHUNK.size
        place = begin + size
        if kind == TRACK:
            end = _end(content, begin, size)
            yield content[begin:end], end == place
            place = end


def _end(content: bytes, begin: int, size: int) -> int:
    """Return where a track ends: where it says, unless that is plainly wrong."""
    end = min(begin + size, len(content))
    within = content.find(END_OF_TRACK + TRACK, begin, end)
    if within >= 0:  # it would swallow the next track
        return within + len(END_OF_TRACK)
    follows = content[end : end + 4]
    if content[begin:end].endswith(END_OF_TRACK) or not follows or follows == TRACK:
        return end
    if len(follows) == 4 and follows.isalnum():  # another kind of chunk
        return end
    following = content.find(TRACK, begin)
    return len(content) if following < 0 else following
