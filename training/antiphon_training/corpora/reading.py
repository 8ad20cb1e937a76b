"""Files of music to notes: the parser of each format, and the tunes of a collection."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon.music.files.chunks import UnreadableMidiError
from antiphon.music.files.content import read_content
from antiphon_training.corpora import scores
from antiphon_training.corpora.midi import clean_file, read_midi
from antiphon_training.corpora.piece import Piece, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from antiphon.music.note import NoteArray
    from antiphon.music.pedal import Pedal
    from antiphon_training.corpora.piece import Reader, Time

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
SUFFIXES = (*MIDI_SUFFIXES, *scores.FORMATS)

_NUMBERED = re.compile(r"(?P<file>.+)#(?P<number>[1-9][0-9]*)")


def read_notes(
    path: Path,
    tracks: Sequence[str] | None = None,
    pedal: Pedal = "keys",
    time: Time = "seconds",
    reader: Reader = "symusic",
) -> NoteArray:
    """Return the notes of a file, drums left out, sorted by onset.

    Parameters
    ----------
    path : Path
        A MIDI file, or a score: MusicXML, ABC or Humdrum kern. Of a collection
        of tunes, `tunes.abc#3` is the third.
    tracks : sequence of str, optional
        Names of the tracks (of a score: the parts) to read; all when not given.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or when the sustain pedal of its own
        track releases it. Scores, and files that music21 reads, have no pedal.
    time : {"seconds", "beats"}
        The unit of onsets and durations: as played, or quarters as notated.
    reader : {"symusic", "music21"}
        The library that parses MIDI files; scores are always music21's.

    Raises
    ------
    CorpusError
        The file cannot be parsed.
    """
    reading = Reading(tuple(tracks) if tracks else None, pedal, time, reader)
    path, number = split_number(path)
    pieces = read_pieces(path, content_of(path), reading)
    if number is None and len(pieces) == 1:
        return pieces[0].notes
    for piece in pieces:
        if piece.number == number and number is not None:
            return piece.notes
    raise CorpusError(
        f"{path} holds {len(pieces)} tunes; name one of them, as {path.name}#1 is the first."
    )


def read_pieces(path: Path, content: bytes, reading: Reading) -> list[Piece]:
    """Return the music of a file: one piece, or the tunes of a collection.

    Raises
    ------
    CorpusError
        The file cannot be parsed.
    """
    form = scores.FORMATS.get(path.suffix.lower())
    if form is not None:
        return scores.read_score(path, content, reading, form)
    if reading.reader == "music21":
        clean = clean_file(path, content)
        pieces = scores.read_score(path, clean.to_bytes(), reading, "midi")
        return [replace(piece, remarks=(*clean.remarks, *piece.remarks)) for piece in pieces]
    return [read_midi(path, content, reading)]


def content_of(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    CorpusError
        The file cannot be opened, or is larger than music is.
    """
    try:
        return read_content(path)
    except UnreadableMidiError as error:
        raise CorpusError(f"{path} {error.reason}.") from error
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise CorpusError(f"{path} cannot be opened: {reason}.") from error


def split_number(path: Path) -> tuple[Path, int | None]:
    """Return a file, and the number of the tune in it: None for all."""
    numbered = _NUMBERED.fullmatch(path.name)
    if numbered and not path.exists():
        return path.with_name(numbered["file"]), int(numbered["number"])
    return path, None


def with_number(file: str, number: int | None) -> str:
    """Return the name of the tune of this number in a file."""
    return file if number is None else f"{file}#{number}"
