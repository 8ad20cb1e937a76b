"""Notes in a notebook: from a file to a table, and from a table to a file.

Music is given as a table of notes (`notes_table`), as an array of `NOTE_DTYPE`, as the path of
a MIDI file or score, or as a mapping of names to tables or arrays: parts that play together.
Times are seconds, unless a table was read in beats.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.errors import UsageError
from antiphon.music.note import NoteArray, sort_notes

if TYPE_CHECKING:
    from antiphon.music.pedal import Pedal
    from antiphon_training.corpora.piece import Time

Table = Any
"""A `pandas.DataFrame`, whose types mypy does not read."""
Music = Any
"""A table, an array of notes, a path, or a mapping of names to tables or arrays."""

TIME = "time"
"""The key of `DataFrame.attrs` that has the unit of a table."""


def midi_to_notes(midi_file: Path | str, *, time: Time = "seconds", pedal: Pedal = "keys") -> Table:
    """Return the notes of a file as a table.

    Parameters
    ----------
    midi_file : path
        A MIDI file, or a score: MusicXML, ABC or Humdrum kern. Notes of drums are left out.
    time : {"seconds", "beats"}
        The unit of its times: as played, or quarters as notated.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or when the sustain pedal is released.

    Returns
    -------
    DataFrame
        A row a note, sorted by start, with the columns pitch (MIDI number, 60 is middle C),
        start, end, step (since the start before), duration and velocity (1 to 127).

    Raises
    ------
    CorpusError
        The file cannot be read.
    """
    from antiphon_training.corpora.reading import read_notes
    from antiphon_training.corpora.tables import notes_table

    return in_unit(notes_table(read_notes(Path(midi_file), None, pedal, time)), time)


def notes_to_midi(
    notes: Music,
    out_file: Path | str,
    *,
    program: int = 0,
    tempo_bpm: float = 120.0,
) -> Path:
    """Write notes as a MIDI file, and return its path.

    Parameters
    ----------
    notes : DataFrame, array of NOTE_DTYPE, or mapping of str to one of them
        In seconds. A table needs the columns pitch; start, or step; duration, or end. Each
        part of a mapping becomes a track of its name, on a channel of its own.
    out_file : path
        The file; an older one is replaced.
    program : int
        The General MIDI sound of all parts, 0 to 127; 0 is a grand piano.
    tempo_bpm : float
        The tempo that the file states; it moves no note.

    Raises
    ------
    UsageError
        The notes are in beats, or a column is missing.
    MidiFileError
        The file cannot be written.
    """
    from antiphon.music.files.writing import Part, write_midi

    parts = parts_of(notes)
    tracks = [
        Part(name, program, channel, part)
        for channel, (name, part) in zip(_channels(len(parts)), parts.items(), strict=True)
    ]
    write_midi(out_file, tracks, tempo_bpm)
    return Path(out_file)


def _channels(count: int) -> list[int]:
    """Return a channel for each part; the ten-th is the drums'."""
    from antiphon.messages.spec import DRUMS

    free = [channel for channel in range(16) if channel != DRUMS]
    return [free[index % len(free)] for index in range(count)]


def in_unit(table: Table, time: Time) -> Table:
    """Return a table that knows the unit of its times."""
    table.attrs[TIME] = time
    return table


def notes_of(music: Music, time: Time = "seconds") -> NoteArray:
    """Return music as one array of notes, sorted by onset.

    Parameters
    ----------
    music : DataFrame, array of NOTE_DTYPE, path, or mapping
        A file is read in this unit.
    time : {"seconds", "beats"}
        The unit that is needed.

    Raises
    ------
    UsageError
        It is none of these, or in the other unit.
    """
    parts = list(parts_of(music, time).values())
    return sort_notes(np.concatenate(parts)) if len(parts) > 1 else parts[0]


def parts_of(music: Music, time: Time = "seconds") -> dict[str, NoteArray]:
    """Return the parts of music by their names, as `notes_of`; a part alone is "notes"."""
    if isinstance(music, Mapping):
        if not music:
            raise UsageError("There is no part in this mapping of names to notes.")
        return {str(name): _array(part, time) for name, part in music.items()}
    return {"notes": _array(music, time)}


def _array(music: Music, time: Time) -> NoteArray:
    from antiphon_training.corpora.reading import read_notes
    from antiphon_training.corpora.tables import table_notes

    if isinstance(music, (str, Path)):
        return read_notes(Path(music), time=time)
    if isinstance(music, np.ndarray) and music.dtype.names:
        return sort_notes(music)
    if hasattr(music, "columns"):
        unit = music.attrs.get(TIME, time)
        if unit != time:
            raise UsageError(
                f"These notes are in {unit}, and {time} are needed: "
                f'midi_to_notes(FILE, time="{time}").'
            )
        return table_notes(music)
    raise UsageError(
        f"A {type(music).__name__} is no music; give a table of notes, as midi_to_notes returns, "
        "or a file."
    )
