"""MIDI files of a corpus, read by symusic as the same notes that the live side reads.

symusic parses, pairs and merges. This module corrects what it does differently from the
live side:

- A note that is never released lasts until its track ends. symusic drops it, so
  each track is given a note-off for every key before it is parsed.
- A key that is struck again ends its note (`strokes`).
- symusic's seconds are single precision; ticks are exact, and the live side's
  tempo map makes seconds of them.
- The tracks of a type 2 file are separate patterns, which symusic would play together;
  and a file may lack tracks that its header counts.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import CorpusError
from antiphon.messages.spec import NOTE_OFF, NOTE_ON
from antiphon.music.files.ticks import TempoMap
from antiphon.music.note import empty_notes, sort_notes
from antiphon.music.pairing import LATE_SECONDS
from antiphon.music.pedal import CONTROL_DTYPE, apply_pedal
from antiphon_training.corpora.piece import Piece, common_remarks
from antiphon_training.corpora.strokes import as_strokes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import ControlArray
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.corpora.strokes import Columns

    ToTime = Callable[[NDArray[np.int64]], NDArray[np.float64]]

CHUNK, HEADER = struct.Struct(">4sI"), struct.Struct(">HHh")
HEAD, TRACK, PATTERNS = b"MThd", b"MTrk", 2
END_OF_TRACK = b"\xff\x2f\x00"
NOTHING = b"\xff\x7f\x00"  # an empty sequencer-specific event
NEVER = (1 << 28) - 1  # 46 hours of 480 ticks a quarter at 200 quarters a minute
LONGEST_DELTA = b"\xff\xff\xff\x7f"  # the same, as a file writes it
ALL_OTHER_KEYS = b"".join(bytes([0, key, 0]) for key in range(1, 128))  # running status
KEY_0 = bytes([0, 0, 0])
STROKES_THAT_MAY_HANG = (1, 32, 1024)
"""Note-offs that are added for each key; if they are too few, the next number is tried."""
ANY_DIVISION = 480
LONGEST_REASON = 120

Ticks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _File:
    """The chunks of a file: header fields and the bytes of its tracks."""

    promised: int
    division: int
    tracks: list[bytes]


def read_midi(path: Path, content: bytes, reading: Reading) -> Piece:
    """Return the music of a MIDI file.

    Parameters
    ----------
    path : Path
        Named in errors.
    content : bytes
        The bytes of the file.
    reading : Reading
        The way of reading it.

    Raises
    ------
    CorpusError
        It is no MIDI file, is damaged, or is of a kind that is no piece.
    """
    file = _chunks(path, content)
    if reading.time == "beats" and file.division < 0:
        raise CorpusError(f"{path} counts frames (SMPTE time) and not beats.")
    try:
        return _piece(_parsed(file), file, reading)
    except (RuntimeError, ValueError) as error:
        detail = " ".join(str(error).removeprefix("MiniMidi: ").split())
        detail = detail.removesuffix(": iostream error")[:LONGEST_REASON]
        raise CorpusError(f"{path} is damaged: {detail}.") from error


def check_midi(path: Path, content: bytes) -> None:
    """Check that a file is whole, and of a kind that is a piece.

    Raises
    ------
    CorpusError
        It is no MIDI file, is damaged, or is of a kind that is no piece.
    """
    _chunks(path, content)


def _chunks(path: Path, content: bytes) -> _File:
    """Return the chunks of a file that can be read whole."""
    if not content:
        raise CorpusError(f"{path} is empty.")
    if not content.startswith(HEAD):
        raise CorpusError(f"{path} is no MIDI file.")
    (_, header, _), *rest = list(_split(content)) or [(HEAD, b"", False)]
    if len(header) < HEADER.size:
        raise CorpusError(f"{path} is damaged: its header is cut short.")
    kind_number, promised, division = HEADER.unpack_from(header)
    tracks = [body for kind, body, _ in rest if kind == TRACK]
    if kind_number == PATTERNS:
        raise CorpusError(
            f"{path} is of MIDI type 2: its {len(tracks)} tracks are patterns on their own and "
            "no piece; save them as files of type 1."
        )
    if division == 0:
        raise CorpusError(f"{path} is damaged: a quarter has no ticks.")
    if len(tracks) < promised:
        raise CorpusError(f"{path} is cut short: it has {len(tracks)} of {promised} tracks.")
    if not all(whole for kind, _, whole in rest if kind == TRACK):
        raise CorpusError(f"{path} is cut short within a track.")
    return _File(promised, division, tracks)


def _split(content: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield kind and body of each chunk, and whether the body is as long as it should be."""
    place = 0
    while place + CHUNK.size <= len(content):
        kind, size = CHUNK.unpack_from(content, place)
        place += CHUNK.size
        body = content[place : place + size]
        yield kind, body, len(body) == size
        place += size


def _parsed(file: _File) -> Any:
    """Return a file as symusic reads it, with an end for every note."""
    import symusic

    for strokes in STROKES_THAT_MAY_HANG:
        score: Any = symusic.Score.from_midi(_with_releases(file, strokes))
        if not any(_hangs(track, strokes) for track in score.tracks):
            break
    return score


def _hangs(track: Any, strokes: int) -> bool:
    """Return whether a key of a track may lack more note-offs than were added."""
    columns = track.notes.numpy()
    hanging = columns["duration"] >= NEVER - columns["time"]
    return bool((np.bincount(columns["pitch"][hanging], minlength=1) >= strokes).any())


def _with_releases(file: _File, strokes: int) -> bytes:
    """Return the file with note-offs for every key long after each track's end."""
    tracks = [_released(track, strokes) for track in file.tracks[: file.promised]]
    header = HEADER.pack(1, len(tracks), ANY_DIVISION)
    chunks = [(HEAD, header), *((TRACK, track) for track in tracks)]
    return b"".join(CHUNK.pack(kind, len(body)) + body for kind, body in chunks)


def _released(track: bytes, strokes: int) -> bytes:
    """Return a track's events, with note-offs for every key of every channel it may use."""
    # A byte of that value need not be a note-on; a channel too many does no harm.
    channels = [channel for channel in range(16) if bytes([NOTE_ON | channel]) in track]
    offs = b"".join(
        b"\x00" + bytes([NOTE_OFF | channel, 0, 0]) + (ALL_OTHER_KEYS + KEY_0) * strokes
        for channel in channels
    )
    # Some files have events after an End of Track: read to the last one.
    track = track.replace(END_OF_TRACK, NOTHING)  # the delta time in front of it stays
    return track + LONGEST_DELTA + NOTHING + offs + b"\x00" + END_OF_TRACK


def _piece(score: Any, file: _File, reading: Reading) -> Piece:
    changes = score.tempos.numpy()
    clock = TempoMap(
        file.division, zip(changes["time"].tolist(), changes["mspq"].tolist(), strict=True)
    )
    to_time = clock.seconds if reading.time == "seconds" else lambda ticks: ticks / file.division
    parts, spans, names, counts = [empty_notes()], [], [], {"drums": 0, "unreleased": 0}
    for track in score.tracks:
        columns, unreleased = _strokes(track, clock)
        name = track.name.strip()
        if track.is_drum:
            counts["drums"] += len(columns["pitch"])
            continue
        if len(columns["pitch"]):
            names.append(name)
        if reading.wants(name):
            counts["unreleased"] += unreleased
            spans.append((columns["start"], columns["end"]))
            parts.append(_part(track, columns, to_time, reading))
    seconds = _lasting(spans, clock)
    return Piece(
        sort_notes(np.concatenate(parts)),
        seconds,
        tracks=tuple(names),
        counts={kind: count for kind, count in counts.items() if count},
        remarks=tuple(_remarks(file, names, seconds, reading)),
    )


def _strokes(track: Any, clock: TempoMap) -> tuple[Columns, int]:
    columns = track.notes.numpy()
    start = columns["time"].astype(np.int64)
    notes = {
        "pitch": columns["pitch"].astype(np.int64),
        "start": start,
        "end": start + columns["duration"],
        "velocity": columns["velocity"].astype(np.int64),
    }
    # Ticks of a note-off that is late, at the mean tempo.
    last = max(int(start.max(initial=0)), 1)
    late = LATE_SECONDS * last / float(clock.seconds(np.array([last]))[0])
    return as_strokes(notes, NEVER, late)


def _part(track: Any, columns: Columns, to_time: ToTime, reading: Reading) -> NoteArray:
    """Return the notes of one track in the unit of the reading."""
    part = empty_notes(len(columns["pitch"]))
    part["pitch"], part["velocity"] = columns["pitch"], columns["velocity"]
    part["onset"] = to_time(columns["start"])
    part["duration"] = to_time(columns["end"]) - part["onset"]
    if reading.pedal == "sustain":
        return apply_pedal(sort_notes(part), _controls(track, to_time))
    return part


def _controls(track: Any, to_time: ToTime) -> ControlArray:
    columns = track.controls.numpy()
    controls = np.zeros(len(columns["time"]), dtype=CONTROL_DTYPE)
    controls["time"] = to_time(columns["time"].astype(np.int64))
    controls["control"], controls["value"] = columns["number"], columns["value"]
    return controls[np.argsort(controls["time"], kind="stable")]


def _lasting(spans: list[tuple[Ticks, Ticks]], clock: TempoMap) -> float:
    """Return the seconds from the first onset to the last release."""
    if not sum(len(start) for start, _ in spans):
        return 0.0
    first = min(start.min() for start, _ in spans if len(start))
    last = max(end.max() for _, end in spans if len(end))
    begin, finish = clock.seconds(np.array([first, last]))
    return float(finish - begin)


def _remarks(file: _File, names: Sequence[str], seconds: float, reading: Reading) -> Iterator[str]:
    yield from common_remarks(names, seconds, reading)
    if len(file.tracks) > file.promised:
        yield (
            f"holds {len(file.tracks)} tracks where its header counts {file.promised}; "
            "the others were passed over"
        )
