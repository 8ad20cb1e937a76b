"""A corpus: a folder of MIDI files, parsed once, kept as arrays, split by piece.

Times are seconds, as played (tempo maps applied). A folder may hold
`heldout.txt` (one relative path a line: never trained on) and `manifest.tsv`
(tab-separated, with the columns `file` and `piece_group`): files of one group are
the same piece and stay on one side of every split.
"""

from __future__ import annotations

import csv
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import symusic
from platformdirs import user_cache_path

from antiphon.errors import CorpusError
from antiphon.music.note import NOTE_DTYPE, NoteArray, sort_notes

READER_VERSION = 1
SUFFIXES = (".mid", ".midi")
Progress = Callable[[int, int], None]
"""Told how many files are done, of how many."""


@dataclass(frozen=True, slots=True)
class Defect:
    """A file that was left out, and why, in a few words."""

    file: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """The notes of a folder of MIDI files.

    Attributes
    ----------
    name : str
        The folder's name.
    folder : Path
        Where it is.
    files : tuple of str
        Relative paths of the files that were read, sorted.
    notes : NoteArray
        All notes, file after file.
    bounds : ndarray
        Where each file's notes begin and end in `notes`, int64 (files + 1,).
    defects : tuple of Defect
        Files that were left out.
    """

    name: str
    folder: Path
    files: tuple[str, ...]
    notes: NoteArray
    bounds: np.ndarray
    defects: tuple[Defect, ...]

    def piece(self, index: int) -> NoteArray:
        """Return the notes of one file, sorted by onset."""
        return self.notes[self.bounds[index] : self.bounds[index + 1]]


@dataclass(frozen=True, slots=True)
class Split:
    """Indices of a corpus' files: trained on, watched while training, and held out."""

    train: tuple[int, ...]
    valid: tuple[int, ...]
    heldout: tuple[int, ...]


def read_notes(path: Path, tracks: Sequence[str] | None = None) -> NoteArray:
    """Return the notes of a MIDI file, drums left out, sorted by onset.

    Parameters
    ----------
    path : Path
        A standard MIDI file.
    tracks : sequence of str, optional
        Names of the tracks to read; all when not given.

    Raises
    ------
    CorpusError
        The file cannot be parsed.
    """
    try:
        score = symusic.Score(str(path)).to("second")
    except Exception as error:  # symusic raises many kinds, one sentence serves all
        raise CorpusError(f"{path} cannot be read as MIDI: {error}") from error
    parts = []
    for track in score.tracks:
        if track.is_drum or (tracks and track.name not in tracks):
            continue
        columns = track.notes.numpy()
        part = np.zeros(len(columns["time"]), dtype=NOTE_DTYPE)
        part["pitch"], part["velocity"] = columns["pitch"], columns["velocity"]
        part["onset"], part["duration"] = columns["time"], columns["duration"]
        parts.append(part[(part["velocity"] > 0) & (part["duration"] >= 0)])
    return sort_notes(np.concatenate(parts)) if parts else np.zeros(0, dtype=NOTE_DTYPE)


def load_corpus(
    folder: Path,
    tracks: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return the notes of a folder, from the cache where its content is the same.

    Raises
    ------
    CorpusError
        The folder does not exist or holds no file with notes.
    """
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}; name a folder of MIDI files.")
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not paths:
        raise CorpusError(f"{folder} holds no .mid file; name a folder of MIDI files.")
    files = [p.relative_to(folder).as_posix() for p in paths]
    cache = cache or user_cache_path("antiphon") / "corpora"
    kept = cache / f"{_content_hash(files, paths, tracks)}.npz"
    corpus = _read_cache(kept, folder)
    if corpus is None:
        corpus = _parse(folder, files, paths, tracks, progress)
        _write_cache(kept, corpus)
    if not corpus.files:
        raise CorpusError(f"No file in {folder} has notes that can be read.")
    return corpus


def split_corpora(corpora: Iterable[Corpus], valid_share: float) -> list[Split]:
    """Split corpora by piece: the same on every machine, and no piece on two sides.

    Held out is what `heldout.txt` lists; other files of a held-out piece are left
    out altogether. `valid_share` of the remaining pieces, chosen by a hash of
    their name, are watched while training and not trained on.
    """
    corpora = list(corpora)
    groups = [_piece_groups(corpus) for corpus in corpora]
    listed = [_heldout_files(corpus.folder) for corpus in corpora]
    held_groups = {
        group[file]
        for corpus, group, held in zip(corpora, groups, listed, strict=True)
        for file in corpus.files
        if file in held
    }
    splits = []
    for corpus, group, held in zip(corpora, groups, listed, strict=True):
        train, valid, heldout = [], [], []
        for index, file in enumerate(corpus.files):
            if file in held:
                heldout.append(index)
            elif group[file] not in held_groups:
                watched = _fraction(group[file]) < valid_share
                (valid if watched else train).append(index)
        splits.append(Split(tuple(train), tuple(valid), tuple(heldout)))
    return splits


def _fraction(text: str) -> float:
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def _heldout_files(folder: Path) -> frozenset[str]:
    path = folder / "heldout.txt"
    if not path.is_file():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip())


def _piece_groups(corpus: Corpus) -> dict[str, str]:
    """Return the piece that each file belongs to; without a manifest, itself."""
    groups = {file: f"{corpus.name}/{file}" for file in corpus.files}
    manifest = corpus.folder / "manifest.tsv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row.get("file") in groups and row.get("piece_group"):
                    groups[row["file"]] = row["piece_group"]
    return groups


def _content_hash(files: list[str], paths: list[Path], tracks: Sequence[str] | None) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((READER_VERSION, tracks and sorted(tracks))).encode())
    for file, path in zip(files, paths, strict=True):
        digest.update(file.encode() + b"\0")
        digest.update(hashlib.blake2b(path.read_bytes(), digest_size=16).digest())
    return digest.hexdigest()


def _parse(
    folder: Path,
    files: list[str],
    paths: list[Path],
    tracks: Sequence[str] | None,
    progress: Progress | None,
) -> Corpus:
    kept, parts, defects = [], [], []
    for done, (file, path) in enumerate(zip(files, paths, strict=True), start=1):
        try:
            notes = read_notes(path, tracks)
            if len(notes):
                kept.append(file)
                parts.append(notes)
            else:
                defects.append(Defect(file, "has no notes to learn from"))
        except CorpusError as error:
            defects.append(Defect(file, str(error.__cause__ or error)))
        if progress:
            progress(done, len(files))
    bounds = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
    notes = np.concatenate(parts) if parts else np.zeros(0, dtype=NOTE_DTYPE)
    return Corpus(folder.resolve().name, folder, tuple(kept), notes, bounds, tuple(defects))


def _write_cache(path: Path, corpus: Corpus) -> None:
    """Keep the arrays; a cache that cannot be written costs time, not the run."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{os.getpid()}.tmp")
        with half.open("wb") as out:
            np.savez(
                out,
                files=np.array(corpus.files, dtype=np.str_),
                notes=corpus.notes,
                bounds=corpus.bounds,
                defect_files=np.array([d.file for d in corpus.defects], dtype=np.str_),
                defect_reasons=np.array([d.reason for d in corpus.defects], dtype=np.str_),
            )
        half.replace(path)
    except OSError:
        return


def _read_cache(path: Path, folder: Path) -> Corpus | None:
    try:
        with np.load(path, allow_pickle=False) as kept:
            defects = zip(
                kept["defect_files"].tolist(), kept["defect_reasons"].tolist(), strict=True
            )
            return Corpus(
                folder.resolve().name,
                folder,
                tuple(kept["files"].tolist()),
                kept["notes"],
                kept["bounds"],
                tuple(Defect(file, reason) for file, reason in defects),
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
