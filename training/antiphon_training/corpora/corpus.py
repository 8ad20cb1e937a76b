"""A corpus: a folder of MIDI files, parsed once and kept as arrays.

Times are seconds, as played (tempo maps applied), or beats, as notated. What else
a folder may hold is told where it is read: `heldout.txt` and `manifest.tsv` in
`split`, a licence and `corpus.toml` in `licences`.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import symusic
from numpy.typing import NDArray
from platformdirs import user_cache_path

from antiphon.errors import CorpusError
from antiphon.music.note import NoteArray, empty_notes, sort_notes
from antiphon.music.pedal import CONTROL_DTYPE, apply_pedal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.music.codec import Pedal

    Progress = Callable[[int, int], None]
    """Told how many files are done, of how many."""

Time = Literal["seconds", "beats"]
"""The unit of onsets and durations: seconds as played, or beats (quarters) as notated."""

Side = Literal["train", "valid", "heldout"]

Reader = Literal["symusic", "music21"]
"""The library that parses MIDI files."""

READER_VERSION = 3
UNITS: dict[Time, str] = {"seconds": "second", "beats": "quarter"}
SUFFIXES = (".mid", ".midi")
MIDI_HEAD = b"MThd"
LONGEST_REASON = 120


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
    composers, titles : tuple of (str or None)
        Of each file, where the folder tells.
    own_split : tuple of ({"train", "valid", "heldout"} or None)
        The side that the corpus itself puts each file on, where it does.
    time : {"seconds", "beats"}
        The unit of `notes`.
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
    time: Time = "seconds"

    def __post_init__(self) -> None:
        """Say of each file that nothing is told of it, where that was left open."""
        unknown = (None,) * len(self.files)
        for field in ("composers", "titles", "own_split"):
            if not getattr(self, field):
                object.__setattr__(self, field, unknown)

    def piece(self, index: int) -> NoteArray:
        """Return the notes of one file, sorted by onset."""
        return self.notes[self.bounds[index] : self.bounds[index + 1]]

    @property
    def seconds(self) -> float:
        """How long all files last, each from its first onset to its last release."""
        pieces = (self.piece(index) for index in range(len(self.files)))
        ends = ((piece["onset"] + piece["duration"]).max() - piece["onset"][0] for piece in pieces)
        return float(sum(ends))


def read_notes(
    path: Path,
    tracks: Sequence[str] | None = None,
    pedal: Pedal = "keys",
    time: Time = "seconds",
    reader: Reader = "symusic",
) -> NoteArray:
    """Return the notes of a MIDI file, drums left out, sorted by onset.

    Parameters
    ----------
    path : Path
        A standard MIDI file.
    tracks : sequence of str, optional
        Names of the tracks to read; all when not given.
    pedal : {"keys", "sustain"}
        Whether a note ends with its key, or when the sustain pedal of its own
        track lets go of it.
    time : {"seconds", "beats"}
        The unit of onsets and durations.
    reader : {"symusic", "music21"}
        The library that parses it.

    Raises
    ------
    CorpusError
        The file cannot be parsed.
    """
    try:
        score: Any = symusic.Score(str(path))
        score = score.to(UNITS[time])
    except Exception as error:
        raise CorpusError(f"{path} {_reason(path, error)}.") from error
    parts = []
    for track in score.tracks:
        if track.is_drum or (tracks and track.name not in tracks):
            continue
        columns = track.notes.numpy()
        part = empty_notes(len(columns["time"]))
        part["pitch"], part["velocity"] = columns["pitch"], columns["velocity"]
        part["onset"], part["duration"] = columns["time"], columns["duration"]
        part = part[(part["velocity"] > 0) & (part["duration"] >= 0)]
        if pedal == "sustain":
            part = apply_pedal(sort_notes(part), _controls(track))
        parts.append(part)
    return sort_notes(np.concatenate(parts)) if parts else empty_notes()


def _controls(track: Any) -> NDArray[Any]:
    columns = track.controls.numpy()
    controls = np.zeros(len(columns["time"]), dtype=CONTROL_DTYPE)
    for name, column in (("time", "time"), ("control", "number"), ("value", "value")):
        controls[name] = columns[column]
    return controls[np.argsort(controls["time"], kind="stable")]


def _reason(path: Path, error: Exception) -> str:
    """Return why a parser refused a file, as the rest of a sentence about it."""
    try:
        with path.open("rb") as file:
            head = file.read(len(MIDI_HEAD))
    except OSError as unreadable:
        return f"cannot be opened: {(unreadable.strerror or 'unreadable').lower()}"
    if not head:
        return "is empty"
    if head != MIDI_HEAD:
        return "is no MIDI file"
    detail = " ".join(str(error).removeprefix("MiniMidi: ").split())
    return f"is damaged: {detail.removesuffix(': iostream error')[:LONGEST_REASON]}"


def load_corpus(
    folder: Path,
    tracks: Sequence[str] | None = None,
    pedal: Pedal = "keys",
    *,
    time: Time = "seconds",
    reader: Reader = "symusic",
    composers: Sequence[str] | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return the notes of a folder, from the cache where its content is the same.

    Parameters
    ----------
    folder : Path
        Searched with all its folders for .mid and .midi files.
    tracks, pedal, time, reader
        As for `read_notes`.
    composers : sequence of str, optional
        Whose pieces to keep; all when not given.
    cache : Path, optional
        The folder of parsed corpora; the user's own cache when not given.
    progress : callable, optional
        Called after each file that is parsed.

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
    kept = cache / f"{_content_hash(files, paths, tracks, pedal, time, reader)}.npz"
    corpus = _read_cache(kept, folder)
    if corpus is None:
        corpus = _parse(
            folder,
            files,
            paths,
            lambda path: read_notes(path, tracks, pedal, time, reader),
            progress,
        )
        _write_cache(kept, corpus)
    corpus = replace(corpus, time=time)
    if not corpus.files:
        first = corpus.defects[0]
        raise CorpusError(
            f"No file in {folder} has notes that can be read ({first.file} "
            f"{first.reason}); name another folder, or other tracks."
        )
    return corpus


def _content_hash(
    files: list[str],
    paths: list[Path],
    tracks: Sequence[str] | None,
    pedal: Pedal,
    time: Time,
    reader: Reader,
) -> str:
    digest = hashlib.blake2b(digest_size=16)
    digest.update(repr((READER_VERSION, tracks and sorted(tracks), pedal, time, reader)).encode())
    for file, path in zip(files, paths, strict=True):
        digest.update(file.encode(errors="surrogateescape") + b"\0")
        try:
            content = path.read_bytes()
        except OSError:  # listed as a defect when it is parsed
            content = b"unreadable"
        digest.update(hashlib.blake2b(content, digest_size=16).digest())
    return digest.hexdigest()


def _parse(
    folder: Path,
    files: list[str],
    paths: list[Path],
    read: Callable[[Path], NoteArray],
    progress: Progress | None,
) -> Corpus:
    kept, parts, defects = [], [], []
    for done, (file, path) in enumerate(zip(files, paths, strict=True), start=1):
        try:
            notes = read(path)
            if len(notes):
                kept.append(file)
                parts.append(notes)
            else:
                defects.append(Defect(file, "has no notes to learn from"))
        except CorpusError as error:
            defects.append(Defect(file, str(error).removeprefix(f"{path} ").removesuffix(".")))
        if progress:
            progress(done, len(files))
    bounds = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
    notes = np.concatenate(parts) if parts else empty_notes()
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
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
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
