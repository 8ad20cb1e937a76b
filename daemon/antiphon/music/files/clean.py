"""A MIDI file as any parser reads it: one reader for the stage and for training.

`clean_midi` takes a file as it comes, and returns the same music as a file of type 1
without anything that parsers disagree upon. mido, symusic and music21 then read the
same notes.

- What is no MIDI file is refused, and told what it is (`foreign`).
- Texts and the like are left out (`events`), so it does not matter what is in them.
- Of a file that is cut short every whole note is read; a note whose end is cut off is none.
- The tracks of a type 2 file are patterns on their own: they follow one another.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mido

from antiphon.music.files import smf
from antiphon.music.files.chunks import UnreadableMidiError, read_chunks
from antiphon.music.files.events import CleanTrack, clean_track, refuse_too_many
from antiphon.music.files.ticks import DEFAULT_TEMPO_MICROSECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antiphon.music.files.chunks import Chunks

PATTERNS = 2
MOST_TICKS = (1 << 30) - 1
"""Parsers count in 32 bits, and training puts as much again behind the end (13 days, at 480
ticks a quarter and 120 quarters a minute)."""


@dataclass(frozen=True, slots=True)
class CleanMidi:
    """The music of a MIDI file.

    Attributes
    ----------
    division : int
        See `TempoMap`.
    tracks : tuple of bytes
        The events of each track, at the same clock, without ends of tracks.
    ticks : int
        Length of the longest track.
    remarks : tuple of str
        What is wrong with the file, each the rest of a sentence about it.
    """

    division: int
    tracks: tuple[bytes, ...]
    ticks: int
    remarks: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return the music as a MIDI file of type 1."""
        chunks = (smf.track_chunk(track) for track in self.tracks)
        return smf.file_header(len(self.tracks), self.division) + b"".join(chunks)


def clean_midi(content: bytes, *, programs: bool = True) -> CleanMidi:
    """Return the music of a MIDI file, whatever is around it.

    Parameters
    ----------
    content : bytes
        The whole file.
    programs : bool
        Whether program changes, channel pressure and signatures stay.

    Raises
    ------
    UnreadableMidiError
        It is no MIDI file, or too damaged to be read.
    """
    chunks = read_chunks(content)
    tracks, size = [], 0
    for body in chunks.tracks:
        tracks.append(clean_track(body, programs=programs))
        size += len(tracks[-1].events)
        refuse_too_many(size)
    remarks = tuple(_remarks(chunks, tracks))
    tracks = [track if track.ended else _without_hanging(track) for track in tracks]
    if chunks.kind == PATTERNS:
        tracks = _one_after_another(tracks)
    ticks = max((track.ticks for track in tracks), default=0)
    if ticks > MOST_TICKS:
        raise UnreadableMidiError("is damaged: it waits for days between two events")
    return CleanMidi(chunks.division, tuple(track.events for track in tracks), ticks, remarks)


def _remarks(chunks: Chunks, tracks: Sequence[CleanTrack]) -> list[str]:
    remarks = []
    if not all(track.ended for track in tracks):
        remarks.append("is cut short; what is whole was read")
    elif chunks.wrong_lengths:
        remarks.append("has a track that is not as long as it says")
    if len(tracks) != chunks.promised:
        remarks.append(f"holds {_count(len(tracks))} where its header counts {chunks.promised}")
    if chunks.kind == PATTERNS and len(tracks) > 1:
        remarks.append(
            f"is of MIDI type 2: its {len(tracks)} tracks are patterns on their own, and are "
            "read one after the other"
        )
    return remarks


def _count(tracks: int) -> str:
    return f"{tracks} track{'' if tracks == 1 else 's'}"


def _without_hanging(track: CleanTrack) -> CleanTrack:
    """Return a track that was cut short without the notes that still sound where it ends."""
    file: Any = mido.MidiFile(
        file=io.BytesIO(CleanMidi(smf.TICKS_PER_BEAT, (track.events,), 0, ()).to_bytes()),
        charset="utf-8",
    )
    events = file.tracks[0]
    down: dict[tuple[int, int], int] = {}
    for index, event in enumerate(events):
        if event.type in ("note_on", "note_off"):
            down.pop((event.channel, event.note), None)
            if event.type == "note_on" and event.velocity:
                down[event.channel, event.note] = index
    for index in down.values():  # a note-off ends what the key struck before, and no more
        events[index] = events[index].copy(velocity=0)
    written = io.BytesIO()
    file.save(file=written)
    body = read_chunks(written.getvalue()).tracks[0]
    return CleanTrack(body.removesuffix(smf.END_OF_TRACK), track.ticks, ended=False)


def _one_after_another(tracks: Sequence[CleanTrack]) -> list[CleanTrack]:
    """Return patterns, each of which begins at the default tempo where the last one ended."""
    tempo = smf.meta(smf.TEMPO, DEFAULT_TEMPO_MICROSECONDS.to_bytes(3, "big"))
    placed, begin = [], 0
    for track in tracks:
        events = smf.delta_time(begin) + tempo + track.events
        begin += track.ticks
        placed.append(CleanTrack(events, begin, track.ended))
    return placed
