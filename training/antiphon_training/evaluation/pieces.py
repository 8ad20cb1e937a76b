"""The pieces that an instrument is measured on, and those that a baseline learns from."""

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

    from antiphon.instrument import Card
    from antiphon.music.codec import Codec
    from antiphon_training.corpora.corpus import Defect, Time

HELDOUT_LIST = "heldout.txt"


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
            defects.append(Defect(file, str(error)))
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


def learning_corpora(
    folders: Sequence[Path],
    evaluated: tuple[Path, Sequence[str]],
    card: Card,
    codec: Codec,
    cache: Path | None = None,
) -> list[NDArray[np.int32]]:
    """Return the classes of the pieces that a baseline may learn from.

    Neither what the folders hold out is among them, nor what is evaluated, nor
    other files of the same pieces (`manifest.tsv`), in whatever folder.

    Parameters
    ----------
    folders : sequence of Path
        The corpora.
    evaluated : tuple
        A folder, and the relative paths that are evaluated there.
    card, codec
        The instrument's: which tracks to read, and how.
    cache : Path, optional
        The folder of parsed corpora; the user's own cache when not given.

    Raises
    ------
    CorpusError
        A folder holds nothing to learn from.
    """
    from antiphon_training.corpora.corpus import load_corpus
    from antiphon_training.corpora.split import split_corpora

    where, files = evaluated
    shown = {(where / file).resolve() for file in files}
    names = [*folders, *([where] if where.resolve() not in {f.resolve() for f in folders} else [])]
    corpora = [
        load_corpus(f, tracks_of(card, f.resolve().name), codec.pedal, time=codec.time, cache=cache)
        for f in names
    ]
    splits = split_corpora(corpora, 0.0)
    return [
        codec.encode(corpus.piece(index))
        for corpus, split in zip(corpora, splits, strict=True)
        for index in split.train
        if corpus.folder in folders and (corpus.folder / corpus.files[index]).resolve() not in shown
    ]


def chosen_files(folder: Path, heldout: Path | None) -> list[str]:
    """Return the relative paths to evaluate: those listed, or all where nothing is listed.

    Raises
    ------
    CorpusError
        The folder or the list does not exist, or names no file that is there.
    """
    from antiphon_training.corpora.corpus import SUFFIXES

    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}; name a folder of MIDI files.")
    listed = heldout or folder / HELDOUT_LIST
    if listed.is_file():
        lines = listed.read_text(encoding="utf-8").splitlines()
        files = [line.strip() for line in lines if line.strip()]
    elif heldout:
        raise CorpusError(f"There is no list {heldout}; name a file with one path a line.")
    else:
        found = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        files = sorted(path.relative_to(folder).as_posix() for path in found)
    missing = [file for file in files if not (folder / file).is_file()]
    if missing or not files:
        lacks = missing[0] if missing else "any .mid file"
        raise CorpusError(f"{folder} does not hold {lacks}; name the folder that the list is of.")
    return files


def tracks_of(card: Card, corpus: str) -> list[str] | None:
    """Return the tracks that an instrument learned from in a corpus of this name."""
    for entry in card.corpus:
        if entry.get("name") == corpus and entry.get("tracks"):
            return list(entry["tracks"])
    return None
