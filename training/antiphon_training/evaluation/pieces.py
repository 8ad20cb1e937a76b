"""The pieces that an instrument is measured on: files to notes, and notes to classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import NoteArray

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.music.codecs.codec import Codec, TimeUnit
    from antiphon_training.corpora.folder import Defect


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
    *,
    time: TimeUnit | None = None,
    cache: Path | None = None,
) -> tuple[list[FileNotes], list[Defect]]:
    """Return the notes of files of a folder, and the files that cannot be read.

    Parameters
    ----------
    folder : Path
        Where they are.
    files : sequence of str
        Relative paths; `tunes.abc#3` is the third tune of a collection.
    codec : Codec
        Says what a duration is, and the unit of time.
    tracks : sequence of str, optional
        Names of the tracks to read; all when not given.
    time : {"seconds", "beats"}, optional
        Another unit than the codec's.
    cache : Path, optional
        The folder of what was parsed; the user's own cache when not given.
    """
    from platformdirs import user_cache_path

    from antiphon_training.corpora.assemble import read_parts
    from antiphon_training.corpora.folder import Listing
    from antiphon_training.corpora.layouts import Layout
    from antiphon_training.corpora.piece import Reading
    from antiphon_training.corpora.reading import split_number

    whole = {split_number(folder / file)[0].relative_to(folder).as_posix(): None for file in files}
    names = tuple(sorted(tracks)) if tracks else None
    parts, defects = read_parts(
        Listing(folder.name, folder, tuple(whole), (), {}),
        Layout("files"),
        Reading(names, codec.pedal, time or codec.time),
        None,
        cache or user_cache_path("antiphon") / "corpora",
        None,
    )
    wanted = set(files)
    pieces = [
        FileNotes(part.file, part.piece.notes)
        for part in parts
        if part.file in wanted or part.file.partition("#")[0] in wanted
    ]
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
