"""A corpus: a folder of music, parsed once and kept as arrays.

Times are seconds, as played (tempo maps applied), or beats, as notated. Other files of a
folder are read by other modules: tables of composers and titles by `layouts`,
`heldout.txt` by `split`, the licence and `corpus.toml` by `licences`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from antiphon.errors import CorpusError
from antiphon.music.note import NoteArray, empty_notes
from antiphon_training.corpora.assemble import read_parts, remarks_of
from antiphon_training.corpora.composers import chosen_composers
from antiphon_training.corpora.folder import Defect, Remark, list_files
from antiphon_training.corpora.layouts import named_tracks, read_layout
from antiphon_training.corpora.piece import ANY, Reading, Side, Time
from antiphon_training.corpora.reading import read_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Progress = Callable[[int, int], None]
    """Called with the number of files that are parsed, and of all to parse."""

__all__ = ["Corpus", "Reading", "load_corpus", "nothing_to_learn_from", "read_corpus", "read_notes"]


@dataclass(frozen=True, eq=False)
class Corpus:
    """The notes of a folder of music.

    Attributes
    ----------
    name : str
        The folder's name.
    folder : Path
        Its path.
    files : tuple of str
        Relative paths of the files that were read, sorted; a tune of a
        collection is `tunes.abc#3`.
    notes : NoteArray
        All notes, file after file.
    bounds : ndarray
        The bounds of each file's notes in `notes`, int64 (files + 1,).
    defects : tuple of Defect
        Files that were left out.
    composers, titles : tuple of (str or None)
        Composer and title of each file, if the folder or the file names them.
    own_split : tuple of ({"train", "valid", "heldout"} or None)
        The side of each file in the corpus' own split, if it has one.
    groups : tuple of (str or None)
        The piece of each file that is not a piece of its own.
    time : {"seconds", "beats"}
        The unit of `notes`.
    lasting : ndarray
        Seconds of each file, from the first onset to the last release, float64
        (files,).
    tracks : dict of str to int
        The number of files with a track of this name that has notes, the most common first.
    counts : dict of str to int
        Notes that were left out or corrected: see
        `antiphon_training.corpora.piece.COUNTED`.
    remarks : tuple of Remark
        Remarks on single files that were read.
    layout : str
        The layout of the folder, in words.
    missing : int
        The number of files in the folder's table that are not there.
    other : dict of str to int
        The number of files of other kinds in the folder, by suffix.
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    notes: NoteArray
    bounds: NDArray[np.int64]
    defects: tuple[Defect, ...]
    composers: tuple[str | None, ...] = ()
    titles: tuple[str | None, ...] = ()
    own_split: tuple[Side | None, ...] = ()
    groups: tuple[str | None, ...] = ()
    time: Time = "seconds"
    lasting: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    tracks: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    layout: str = "a folder"
    missing: int = 0
    other: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fill in None for each file, and lengths, where they were not given."""
        unknown = (None,) * len(self.files)
        for name in ("composers", "titles", "own_split", "groups"):
            if not getattr(self, name):
                object.__setattr__(self, name, unknown)
        if len(self.lasting) != len(self.files):
            pieces = [self.piece(index) for index in range(len(self.files))]
            ends = [
                (one["onset"] + one["duration"]).max() - one["onset"][0] if len(one) else 0.0
                for one in pieces
            ]
            object.__setattr__(self, "lasting", np.array(ends, dtype=np.float64))

    def piece(self, index: int) -> NoteArray:
        """Return the notes of one file, sorted by onset."""
        return self.notes[self.bounds[index] : self.bounds[index + 1]]

    @property
    def seconds(self) -> float:
        """Sum of the lengths of all files."""
        return float(self.lasting.sum())


def load_corpus(
    corpus: Path | str,
    reading: Reading | None = None,
    *,
    composers: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return the notes of a folder, from the cache where its content is the same.

    Parameters
    ----------
    corpus : Path or str
        A folder, searched with all its folders for MIDI files and scores, or
        `music21:NAME` for a folder of the corpus that comes with music21.
    reading : Reading, optional
        The way of reading files; all tracks, in seconds, when not given.
    composers : sequence of str, optional
        Whose pieces to keep; all when not given, and by the name `any`. Part of a
        name is enough, and case and accents do not matter.
    cache : Path, optional
        The folder of the cache; the user's own when not given.
    progress : callable, optional
        Called after each file that is parsed.

    Raises
    ------
    CorpusError
        The folder does not exist or holds no file with notes.
    """
    loaded = read_corpus(corpus, reading, composers=composers, cache=cache, progress=progress)
    if not loaded.files:
        raise nothing_to_learn_from(loaded)
    return loaded


def nothing_to_learn_from(corpus: Corpus) -> CorpusError:
    """Return the error of a corpus of which no file could be used."""
    first = corpus.defects[0]
    tracks = "has no track" in first.reason
    advice = f"; name other tracks ({ANY} takes all)." if tracks else "; name another folder."
    return CorpusError(
        f"No file in {corpus.folder} has notes that can be read ({first.file} "
        f"{first.reason}){advice}"
    )


def read_corpus(
    corpus: Path | str,
    reading: Reading | None = None,
    *,
    composers: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return the same as `load_corpus`, or a corpus without files where none can be used.

    Raises
    ------
    CorpusError
        The folder does not exist, or holds no file that might be music.
    """
    reading = reading or Reading()
    listing = list_files(corpus)
    composers = chosen_composers(composers)
    layout = read_layout(listing, composers)
    parts, defects = read_parts(listing, layout, reading, composers, cache, progress)
    pieces = [part.piece for part in parts]
    named = Counter(name for piece in pieces for name in dict.fromkeys(piece.tracks))
    return Corpus(
        listing.name,
        listing.folder,
        tuple(part.file for part in parts),
        np.concatenate([empty_notes(), *(piece.notes for piece in pieces)]),
        np.cumsum([0, *(len(piece.notes) for piece in pieces)], dtype=np.int64),
        tuple(defects),
        tuple(part.about.composer for part in parts),
        tuple(part.about.title for part in parts),
        tuple(part.about.side for part in parts),
        tuple(part.about.group for part in parts),
        reading.time,
        np.array([piece.seconds for piece in pieces], dtype=np.float64),
        dict(named.most_common()),
        dict(sum((Counter(piece.counts) for piece in pieces), Counter())),
        (*_unread_tables(layout.unread), *remarks_of(parts)),
        named_tracks(layout.name, named, len(parts)),
        layout.missing,
        listing.other,
    )


def _unread_tables(tables: Sequence[str]) -> tuple[Remark, ...]:
    """Return a remark on each table beside the music that says nothing of its files."""
    text = (
        "is a table that is not read, because no column of it names the files here; "
        "a column file with their paths would"
    )
    return tuple(Remark(table, text) for table in tables)
