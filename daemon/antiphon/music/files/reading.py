"""Standard MIDI files, read and written.

Times are seconds from the start of the file; ticks stay inside. Channels are 0
to 15; 9 is the drums'. A file that cannot be read is refused with one sentence.
"""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import mido
import numpy as np

from antiphon.errors import MidiFileError
from antiphon.messages.spec import CONTROL_CHANGE, DRUMS, NOTE_OFF, NOTE_ON, PROGRAM_CHANGE
from antiphon.music.files.ticks import TempoMap
from antiphon.music.files.writing import Part, write_midi
from antiphon.music.note import NoteArray, empty_notes, sort_notes
from antiphon.music.pairing import pair_notes
from antiphon.music.pedal import CONTROL_DTYPE, ControlArray, apply_pedal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antiphon.music.pedal import Pedal

__all__ = ["DRUMS", "Part", "Performance", "Track", "read_performance", "write_midi"]

ASYNCHRONOUS = 2

Messages = tuple[tuple[float, bytes], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One channel of one track of a file.

    Attributes
    ----------
    name : str
        The name of the file's track, maybe empty.
    channel : int
        MIDI channel, 0 to 15.
    program : int
        The first General MIDI program chosen, 0 to 127; 0 where none is.
    notes : array of NOTE_DTYPE, shape (notes,)
        Sorted by onset; every note has an end. Durations are those of the keys.
    controls : array of CONTROL_DTYPE, shape (controls,)
        Control changes in order of time.
    """

    name: str
    channel: int
    program: int
    notes: NoteArray
    controls: ControlArray


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """What a MIDI file plays.

    Attributes
    ----------
    tracks : tuple of Track
        Those that hold notes or controls.
    seconds : float
        When the last message is, in seconds.
    """

    tracks: tuple[Track, ...]
    seconds: float
    _messages: Messages = field(repr=False)

    def notes(self, pedal: Pedal = "keys") -> NoteArray:
        """Return the notes of all tracks, sorted by onset, then pitch.

        With `pedal` "sustain" they last until the pedal of their channel is
        lifted, in whichever track that pedal is written; see `apply_pedal`.
        """
        arrays = [empty_notes()]
        for channel in sorted({track.channel for track in self.tracks}):
            mine = [track for track in self.tracks if track.channel == channel]
            notes = sort_notes(np.concatenate([track.notes for track in mine]))
            if pedal == "sustain":
                controls = np.concatenate([track.controls for track in mine])
                order = np.argsort(controls["time"], kind="stable")
                notes = apply_pedal(notes, controls[order])
            arrays.append(notes)
        return sort_notes(np.concatenate(arrays))

    def messages(self) -> list[tuple[float, bytes]]:
        """Return all channel messages in order of time, as a keyboard would send them.

        Notes that the file leaves hanging are ended at its end.
        """
        return list(self._messages)


def read_performance(path: str | Path, *, drums: bool = False) -> Performance:
    """Return what a MIDI file plays.

    Type 0 is split by channel; the tracks of type 2 follow one another.

    Parameters
    ----------
    path : str or Path
        A standard MIDI file of type 0, 1 or 2.
    drums : bool
        Whether channel 9 counts; by default its notes are no pitches.

    Raises
    ------
    MidiFileError
        The file cannot be read, is no MIDI file, is cut short or broken, or
        holds no notes.
    """
    path = Path(path)
    strands = list(_strands(_parse(path), path))
    if not drums:
        strands = [strand for strand in strands if strand.channel != DRUMS]
    tracks = tuple(strand.track() for strand in strands)
    if not any(len(track.notes) for track in tracks):
        what = "notes" if drums else "notes outside the drum channel"
        raise MidiFileError(f"{path} holds no {what}; choose another MIDI file.")
    seconds = max(strand.messages[-1][0] for strand in strands)
    return Performance(tracks, seconds, _in_order(strands, seconds))


class _Message(Protocol):
    """What mido gives for one event, so far as it is used here."""

    type: str
    time: int
    name: str
    tempo: int
    is_meta: bool

    def bytes(self) -> list[int]: ...


class _MidiFile(Protocol):
    """What mido gives for one file, so far as it is used here."""

    type: int
    ticks_per_beat: int
    tracks: list[list[_Message]]


@dataclass(slots=True)
class _Strand:
    """One channel of one track, as messages in order of time."""

    name: str
    channel: int
    end: float
    messages: list[tuple[float, bytes]]

    def track(self) -> Track:
        controls = [(t, m[1], m[2]) for t, m in self.messages if m[0] & 0xF0 == CONTROL_CHANGE]
        programs = [m[1] for _, m in self.messages if m[0] & 0xF0 == PROGRAM_CHANGE]
        return Track(
            self.name,
            self.channel,
            programs[0] if programs else 0,
            pair_notes(self.messages, self.end),
            np.array(controls, dtype=CONTROL_DTYPE),
        )


def _parse(path: Path) -> _MidiFile:
    """Return a file as mido reads it, whatever mido may think of it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MidiFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not content:
        raise MidiFileError(f"{path} is empty; choose another MIDI file.")
    if not content.startswith(b"MThd"):
        raise MidiFileError(f"{path} is no MIDI file; choose one that ends in .mid.")
    try:
        return cast("_MidiFile", mido.MidiFile(file=io.BytesIO(content), clip=True))
    except EOFError as error:
        raise MidiFileError(f"{path} is cut short; fetch or save it again.") from error
    except Exception as error:
        # mido lets errors of all kinds through, its own KeySignatureError among them.
        raise MidiFileError(f"{path} is broken ({error}); save it again.") from error


def _strands(file: _MidiFile, path: Path) -> Iterator[_Strand]:
    """Yield the channels of each track, on the file's clock."""
    shared = file.type != ASYNCHRONOUS
    start = 0.0
    for events in file.tracks:
        try:
            clock = _clock(file.ticks_per_beat, file.tracks if shared else [events])
        except ValueError as error:
            raise MidiFileError(f"{path} is broken ({error}); save it again.") from error
        ticks = np.cumsum([event.time for event in events], dtype=np.int64)
        seconds = (start + clock.seconds(ticks)).tolist()
        if not shared and seconds:
            start = seconds[-1]
        yield from _split(events, seconds)


def _clock(division: int, tracks: Iterable[list[_Message]]) -> TempoMap:
    changes: list[tuple[int, int]] = []
    for events in tracks:
        tick = 0
        for event in events:
            tick += event.time
            if event.type == "set_tempo":
                changes.append((tick, event.tempo))
    return TempoMap(division, changes)


def _split(events: list[_Message], seconds: list[float]) -> Iterator[_Strand]:
    """Yield the channels of one track, those with messages alone."""
    name = ""
    channels: dict[int, list[tuple[float, bytes]]] = defaultdict(list)
    for event, time in zip(events, seconds, strict=True):
        if event.is_meta:
            if event.type == "track_name" and not name:
                name = _text(event.name)
            continue
        message = bytes(event.bytes())
        if message[0] < 0xF0:
            channels[message[0] & 0x0F].append((time, message))
    for channel, messages in sorted(channels.items()):
        yield _Strand(name, channel, seconds[-1], messages)


def _text(latin: str) -> str:
    """Return a name as it was meant: files hold UTF-8 or Latin-1 and do not say which."""
    raw = latin.encode("latin-1", errors="replace")
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return latin.strip()


def _in_order(strands: list[_Strand], end: float) -> Messages:
    """Return all messages in order of time, and note-offs for what still sounds."""
    merged = [message for strand in strands for message in strand.messages]
    merged.sort(key=lambda message: message[0])
    sounding: dict[tuple[int, int], None] = {}
    for _, message in merged:
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind == NOTE_ON and message[2] > 0:
            sounding[channel, message[1]] = None
        elif kind in (NOTE_ON, NOTE_OFF):
            sounding.pop((channel, message[1]), None)
    hanging = ((end, bytes([NOTE_OFF | channel, pitch, 0])) for channel, pitch in sounding)
    return (*merged, *hanging)
