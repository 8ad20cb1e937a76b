"""MIDI files of a corpus, read by symusic as the same notes that the live side reads.

`antiphon.music.files.clean` reads the file itself, on stage as in training, and
leaves symusic nothing that it would read otherwise than the live side. symusic
pairs and merges; what it would still do otherwise is mended here:

- A note that is never released lasts until its track ends. symusic drops it, so
  each track is given a note-off for every key before it is parsed.
- A key that is struck again ends its note (`strokes`).
- symusic's seconds are single precision; ticks are exact, and the live side's
  tempo map makes seconds of them.
- symusic knows the pedal of a track and not that of a channel, and does not tell
  the order of messages at one tick. Where either makes a difference, the live
  side's parser reads the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import CorpusError
from antiphon.messages.spec import CONTROL_CHANGE, DRUMS, NOTE_OFF, NOTE_ON
from antiphon.music.files import smf
from antiphon.music.files.chunks import UnreadableMidiError
from antiphon.music.files.clean import CleanMidi, clean_midi
from antiphon.music.files.reading import notes_of, tracks_of
from antiphon.music.files.ticks import TempoMap
from antiphon.music.note import SHORTEST_DURATION, empty_notes, sort_notes
from antiphon.music.pairing import LATE_SECONDS
from antiphon.music.pedal import CONTROL_DTYPE, apply_pedal
from antiphon_training.corpora.piece import Piece, common_remarks
from antiphon_training.corpora.strokes import Strokes, as_strokes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import ControlArray
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.corpora.strokes import Columns

    ToTime = Callable[[NDArray[np.int64]], NDArray[np.float64]]

ALL_OTHER_KEYS = b"".join(bytes([0, key, 0]) for key in range(1, 128))  # running status
KEY_0 = bytes([0, 0, 0])
STROKES_THAT_MAY_HANG = (1, 32, 1024)
"""Note-offs that are added for each key; if they are too few, the next number is tried."""
ANY_DIVISION = 480
SECOND_MICROSECONDS = 1_000_000
LONGEST_REASON = 120

Ticks = NDArray[np.int64]


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
        It is no MIDI file, or too damaged to be read.
    """
    file = clean_file(path, content)
    if reading.time == "beats" and file.division < 0:
        raise CorpusError(f"{path} counts frames (SMPTE time) and not beats.")
    try:
        return _piece(_parsed(file), file, reading)
    except (RuntimeError, ValueError) as error:
        detail = " ".join(str(error).removeprefix("MiniMidi: ").split())
        detail = detail.removesuffix(": iostream error")[:LONGEST_REASON]
        raise CorpusError(f"{path} is damaged: {detail}.") from error


def clean_file(path: Path, content: bytes) -> CleanMidi:
    """Return a MIDI file without anything that parsers disagree upon.

    Raises
    ------
    CorpusError
        It is no MIDI file, or too damaged to be read.
    """
    try:
        return clean_midi(content, programs=False)
    except UnreadableMidiError as error:
        raise CorpusError(f"{path} {error.reason}.") from error


def _parsed(file: CleanMidi) -> Any:
    """Return a file as symusic reads it, with an end for every note."""
    import symusic

    for strokes in STROKES_THAT_MAY_HANG:
        score: Any = symusic.Score.from_midi(_with_releases(file, strokes))
        if not any(_hangs(track, _never(file), strokes) for track in score.tracks):
            break
    return score


def _never(file: CleanMidi) -> int:
    """Return how many ticks after its end a track is given its note-offs: later than any tick."""
    return file.ticks + 1


def _hangs(track: Any, never: int, strokes: int) -> bool:
    """Return whether a key of a track may miss more note-offs than it was given."""
    columns = track.notes.numpy()
    hanging = columns["duration"] >= never - columns["time"]
    return bool((np.bincount(columns["pitch"][hanging], minlength=1) >= strokes).any())


def _with_releases(file: CleanMidi, strokes: int) -> bytes:
    """Return the file with note-offs for every key long after each track's end."""
    tracks = tuple(_released(track, _never(file), strokes) for track in file.tracks)
    return CleanMidi(ANY_DIVISION, tracks, 0, ()).to_bytes()


def _released(track: bytes, never: int, strokes: int) -> bytes:
    """Return a track's events, with note-offs for every key of every channel it may use."""
    # A byte of that value need not be a note-on; a channel too many does no harm.
    channels = [channel for channel in range(16) if bytes([NOTE_ON | channel]) in track]
    offs = b"".join(
        b"\x00" + bytes([NOTE_OFF | channel, 0, 0]) + (ALL_OTHER_KEYS + KEY_0) * strokes
        for channel in channels
    )
    return track + smf.delta_time(never) + smf.NOTHING + offs


def _piece(score: Any, file: CleanMidi, reading: Reading) -> Piece:
    changes = score.tempos.numpy()
    clock = TempoMap(
        file.division, zip(changes["time"].tolist(), changes["mspq"].tolist(), strict=True)
    )
    to_time = clock.seconds if reading.time == "seconds" else lambda ticks: ticks / file.division
    parts, spans, names, counts = [empty_notes()], [], [], {"drums": 0, "unreleased": 0}
    sure = reading.pedal == "keys" or not _pedals_elsewhere(file)
    for track in score.tracks:
        columns, unreleased, track_sure = _strokes(track, clock, _never(file))
        name = track.name.strip()
        if track.is_drum:
            counts["drums"] += len(columns["pitch"])
            continue
        if len(columns["pitch"]):
            names.append(name)
        if reading.wants(name):
            sure = sure and track_sure
            counts["unreleased"] += unreleased
            spans.append((columns["start"], columns["end"]))
            parts.append(_part(track, columns, to_time, reading))
    seconds = _lasting(spans, clock)
    return Piece(
        sort_notes(np.concatenate(parts)) if sure else _as_on_stage(file, clock, reading),
        seconds,
        tracks=tuple(names),
        counts={kind: count for kind, count in counts.items() if count},
        remarks=(*file.remarks, *common_remarks(names, seconds, reading)),
    )


def _strokes(track: Any, clock: TempoMap, never: int) -> Strokes:
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
    return as_strokes(notes, never, late)


def _part(track: Any, columns: Columns, to_time: ToTime, reading: Reading) -> NoteArray:
    """Return the notes of one track in the unit of the reading."""
    part = empty_notes(len(columns["pitch"]))
    part["pitch"], part["velocity"] = columns["pitch"], columns["velocity"]
    part["onset"] = to_time(columns["start"])
    duration = to_time(columns["end"]) - part["onset"]
    part["duration"] = np.where(duration > 0.0, duration, SHORTEST_DURATION)
    if reading.pedal == "sustain":
        return apply_pedal(sort_notes(part), _controls(track, to_time))
    return part


def _controls(track: Any, to_time: ToTime) -> ControlArray:
    columns = track.controls.numpy()
    controls = np.zeros(len(columns["time"]), dtype=CONTROL_DTYPE)
    controls["time"] = to_time(columns["time"].astype(np.int64))
    controls["control"], controls["value"] = columns["number"], columns["value"]
    return controls[np.argsort(controls["time"], kind="stable")]


def _pedals_elsewhere(file: CleanMidi) -> bool:
    """Return whether a channel may have controls in one track and notes in another."""
    for channel in range(16):
        controls = [bytes([CONTROL_CHANGE | channel]) in track for track in file.tracks]
        notes = [bytes([NOTE_ON | channel]) in track for track in file.tracks]
        if any(controls) and any(notes) and sum(map(max, controls, notes)) > 1:
            return True
    return False


def _as_on_stage(file: CleanMidi, clock: TempoMap, reading: Reading) -> NoteArray:
    """Return the notes as the live side's parser has them: slower, and right in every case."""
    if reading.time == "beats":
        clock = TempoMap(file.division, [(0, SECOND_MICROSECONDS)])  # a quarter is a second
    played = [track for track in tracks_of(file, clock) if track.channel != DRUMS]
    wanted = [
        track if reading.wants(track.name) else replace(track, notes=empty_notes())
        for track in played
    ]
    return notes_of(wanted, reading.pedal)


def _lasting(spans: list[tuple[Ticks, Ticks]], clock: TempoMap) -> float:
    """Return the seconds from the first onset to the last release."""
    if not sum(len(start) for start, _ in spans):
        return 0.0
    first = min(start.min() for start, _ in spans if len(start))
    last = max(end.max() for _, end in spans if len(end))
    begin, finish = clock.seconds(np.array([first, last]))
    return float(finish - begin)
