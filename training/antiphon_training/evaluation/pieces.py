"""The pieces that an instrument is measured on: files to notes, and notes to classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.errors import CorpusError
from antiphon.music.note import NoteArray
from antiphon.music.symbols import SymbolsCodec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.music.codec import Codec
    from antiphon_training.corpora.corpus import Defect, Time


@dataclass(frozen=True, slots=True)
class Outside:
    """How much of some music a vocabulary does not know.

    Attributes
    ----------
    words, outside : int
        How many words were heard, and how many of them are unknown: passed over.
    """

    words: int
    outside: int

    @property
    def share(self) -> float:
        """The unknown words' share of all."""
        return self.outside / self.words if self.words else 0.0


@dataclass(frozen=True)
class FileNotes:
    """The notes of one file, sorted by onset."""

    file: str
    notes: NoteArray


def read_files(
    folder: Path,
    files: Sequence[str],
    codec: Codec,
    tracks: Sequence[str] | None = None,
    time: Time | None = None,
) -> tuple[list[FileNotes], list[Defect]]:
    """Return the notes of files of a folder, and the files that cannot be read.

    Times are in the codec's own unit, or in `time`.
    """
    from antiphon_training.corpora.corpus import Defect, read_notes

    pieces, defects = [], []
    for file in files:
        try:
            notes = read_notes(folder / file, tracks, codec.pedal, time=time or codec.time)
        except CorpusError as error:
            reason = str(error).removeprefix(f"{folder / file} ").removesuffix(".")
            defects.append(Defect(file, reason))
        else:
            pieces.append(FileNotes(file, notes))
    return pieces, defects


def read_pieces(
    folder: Path, files: Sequence[str], codec: Codec, tracks: Sequence[str] | None = None
) -> tuple[list[NDArray[np.int32]], list[Defect]]:
    """Return the classes of files of a folder, and the files that cannot be read."""
    pieces, defects = read_files(folder, files, codec, tracks)
    return [codec.encode(piece.notes) for piece in pieces], defects


def outside_vocabulary(codec: Codec, pieces: Sequence[FileNotes]) -> Outside | None:
    """Return how many words a codec passes over; None where it has no vocabulary.

    The pieces are in the codec's own unit of time.
    """
    if not isinstance(codec, SymbolsCodec):
        return None
    heard = codec.counts(piece.notes for piece in pieces)
    unknown = sum(times for word, times in heard.items() if word not in codec.index)
    return Outside(heard.total(), unknown)
