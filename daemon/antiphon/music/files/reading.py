"""Standard MIDI files, read and written.

`clean` reads the file itself, and mido parses what that leaves. Times are seconds
from the start of the file; ticks stay inside. Channels are 0 to 15; 9 is the
drums'. A file that cannot be read is refused with one sentence.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import MidiFileError
from antiphon.messages.spec import CONTROL_CHANGE, DRUMS, NOTE_OFF, NOTE_ON, PROGRAM_CHANGE
from antiphon.music.files.captions import Caption
from antiphon.music.files.chunks import UnreadableMidiError
from antiphon.music.files.clean import CleanMidi, clean_midi
from antiphon.music.files.conductor import Conductor
from antiphon.music.files.content import read_content
from antiphon.music.files.parsed import ParsedFile, ParsedMessage, clock_of, metas, parse
from antiphon.music.files.writing import Part, write_midi
from antiphon.music.note import NoteArray, empty_notes, sort_notes
from antiphon.music.pairing import pair_notes
from antiphon.music.pedal import CONTROL_DTYPE, ControlArray, apply_pedal, pedal_controls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.music.files.ticks import TempoMap
    from antiphon.music.pedal import Pedal

__all__ = ["DRUMS", "Part", "Performance", "Track", "read_performance", "write_midi"]

_log = logging.getLogger(__name__)

LEAD_IN = 1.0
"""Seconds of silence that may come before the first note where a file is played or continued."""

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
    remarks : tuple of str
        What is wrong with the file, each the rest of a sentence about it.
    conductor : Conductor
        Its tempo map and signatures.
    caption : Caption
        What it says of itself in words.
    """

    tracks: tuple[Track, ...]
    seconds: float
    remarks: tuple[str, ...]
    conductor: Conductor
    caption: Caption
    _messages: Messages = field(repr=False)

    def notes(self, pedal: Pedal = "keys") -> NoteArray:
        """Return the notes of all tracks, sorted by onset, then pitch.

        With `pedal` "sustain" they last until the pedal of their channel is
        lifted, in whichever track that pedal is written; see `apply_pedal`.
        """
        return notes_of(self.tracks, pedal)

    def pedals(self) -> ControlArray | None:
        """Return the pedals, in order of time; None where channels have pedals of their own.

        A pedal may be written in another track than the notes of its channel.
        """
        channels = {track.channel for track in self.tracks if len(track.notes)}
        return pedal_controls([_controls(self.tracks, channel) for channel in sorted(channels)])

    def without_drums(self) -> Performance:
        """Return it without the notes of the drums, whose keys are no pitches."""
        return replace(self, tracks=tuple(t for t in self.tracks if t.channel != DRUMS))

    def messages(self, *, lead_in: float = math.inf) -> list[tuple[float, bytes]]:
        """Return all channel messages in order of time, as a keyboard would send them.

        Notes that the file leaves hanging are ended at its end.

        Parameters
        ----------
        lead_in : float
            A silence of more seconds before the first note is left out; what is
            sent in it, such as the choice of a sound, comes at once.
        """
        first = next(time for time, message in self._messages if _is_stroke(message))
        if first <= lead_in:
            return list(self._messages)
        return [(max(time - first, 0.0), message) for time, message in self._messages]


def notes_of(tracks: Sequence[Track], pedal: Pedal) -> NoteArray:
    """Return the notes of some tracks: see `Performance.notes`."""
    arrays = [empty_notes()]
    for channel in sorted({track.channel for track in tracks}):
        mine = [track for track in tracks if track.channel == channel]
        notes = sort_notes(np.concatenate([track.notes for track in mine]))
        if pedal == "sustain":
            notes = apply_pedal(notes, _controls(mine, channel))
        arrays.append(notes)
    return sort_notes(np.concatenate(arrays))


def _controls(tracks: Sequence[Track], channel: int) -> ControlArray:
    """Return the controls of a channel, of whatever track, in order of time."""
    controls = np.concatenate([track.controls for track in tracks if track.channel == channel])
    return controls[np.argsort(controls["time"], kind="stable")]


def tracks_of(file: CleanMidi, clock: TempoMap) -> list[Track]:
    """Return the channels of the tracks of a file, drums too, by the times of a clock."""
    return [strand.track() for strand in _strands(parse(file), clock)]


def read_performance(path: str | Path, *, drums: bool = False) -> Performance:
    """Return what a MIDI file plays.

    Type 0 is split by channel; the tracks of type 2 follow one another. What is
    wrong with a file that is read in spite of it, is logged as a warning.

    Parameters
    ----------
    path : str or Path
        A standard MIDI file of type 0, 1 or 2.
    drums : bool
        Whether channel 9 counts; by default its notes are no pitches.

    Raises
    ------
    MidiFileError
        The file cannot be read, is no MIDI file, is damaged, or holds no notes.
    """
    path = Path(path)
    clean = _clean(path)
    file, remarks = parse(clean), clean.remarks
    strands = list(_strands(file, clock_of(file)))
    if not drums:
        strands = [strand for strand in strands if strand.channel != DRUMS]
    tracks = tuple(strand.track() for strand in strands)
    if not any(len(track.notes) for track in tracks):
        what = "notes" if drums else "notes outside the drum channel"
        though = f" {remarks[0]}, and" if remarks else ""
        raise MidiFileError(f"{path}{though} holds no {what}; choose another MIDI file.")
    for remark in remarks:
        _log.warning("%s %s.", path, remark)
    seconds = max(strand.messages[-1][0] for strand in strands)
    return Performance(
        tracks,
        seconds,
        remarks,
        Conductor.of(file.ticks_per_beat, metas(file)),
        Caption.of(file.tracks[0], alone=len(file.tracks) == 1),
        _in_order(strands, seconds),
    )


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


def _clean(path: Path) -> CleanMidi:
    """Return the music of a file."""
    try:
        return clean_midi(read_content(path))
    except OSError as error:
        raise MidiFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnreadableMidiError as error:
        raise MidiFileError(f"{path} {error.reason}; {error.advice}.") from error


def _strands(file: ParsedFile, clock: TempoMap) -> Iterator[_Strand]:
    """Yield the channels of each track, by the times of a clock."""
    for events in file.tracks:
        ticks = np.cumsum([event.time for event in events], dtype=np.int64)
        yield from _split(events, clock.seconds(ticks).tolist())


def _split(events: list[ParsedMessage], seconds: list[float]) -> Iterator[_Strand]:
    """Yield the channels of one track, those with messages alone."""
    name = ""
    channels: dict[int, list[tuple[float, bytes]]] = defaultdict(list)
    for event, time in zip(events, seconds, strict=True):
        if event.is_meta:
            if event.type == "track_name" and not name:
                name = event.name
            continue
        message = bytes(event.bytes())
        if message[0] < 0xF0:
            channels[message[0] & 0x0F].append((time, message))
    for channel, messages in sorted(channels.items()):
        yield _Strand(name, channel, seconds[-1], messages)


def _in_order(strands: list[_Strand], end: float) -> Messages:
    """Return all messages in order of time, and note-offs for what still sounds."""
    merged = [message for strand in strands for message in strand.messages]
    merged.sort(key=lambda message: message[0])
    sounding: dict[tuple[int, int], None] = {}
    for _, message in merged:
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if _is_stroke(message):
            sounding[channel, message[1]] = None
        elif kind in (NOTE_ON, NOTE_OFF):
            sounding.pop((channel, message[1]), None)
    hanging = ((end, bytes([NOTE_OFF | channel, pitch, 0])) for channel, pitch in sounding)
    return (*merged, *hanging)


def _is_stroke(message: bytes) -> bool:
    """Return whether a channel message begins a note."""
    return message[0] & 0xF0 == NOTE_ON and message[2] > 0
