"""What was parsed before, by content: one database of the user's.

A file's content is told by its hash, and what was read of it is kept under that,
the way of reading and the versions of the parsers. In front lies an index: a file
whose size and times are those of the last look is not even opened. A cache that
cannot be read or written costs time and never a run; it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from antiphon.music.note import NOTE_DTYPE
from antiphon_training.corpora.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antiphon_training.corpora.piece import Reading

READER_VERSION = 2
"""Raised where reading the same file gives something else."""

NAME = "corpora.sqlite"
SECONDS_TO_WAIT = 10.0
RACE_NANOSECONDS = 2_000_000_000
"""A file that changed so shortly before it was read may change again unseen."""

TABLES = """
create table if not exists seen (
    file blob primary key, size integer, changed integer, altered integer, content blob);
create table if not exists read (key blob primary key, pieces text, notes blob);
"""

Outcome = list[Piece] | str
"""What came of a file: its music, or why there is none, in a few words."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a folder tells of a file: bytes, and nanoseconds of its last changes."""

    size: int
    changed: int
    altered: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Look at a file."""
        told = path.stat()
        return cls(told.st_size, told.st_mtime_ns, told.st_ctime_ns)


def content_hash(content: bytes) -> bytes:
    """Return what tells a content from all others."""
    return hashlib.blake2b(content, digest_size=16).digest()


class ReadingKeys:
    """Keys of what is read in one way, by the parsers of this machine."""

    def __init__(self, reading: Reading) -> None:
        versions = [metadata.version(name) for name in ("symusic", "music21")]
        self._told = repr((READER_VERSION, versions, reading)).encode()

    def key(self, content: bytes, suffix: str) -> bytes:
        """Return the key of what is read from a content, given by its hash.

        Scores of the same bytes are read by their suffix.
        """
        told = self._told + suffix.lower().encode() + content
        return hashlib.blake2b(told, digest_size=16).digest()


class Cache:
    """A folder with the database, to be used as a context."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Cache:
        """Open it, anew where it is broken."""
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._database = sqlite3.connect(self._path, timeout=SECONDS_TO_WAIT)
                self._database.executescript(TABLES)
                return self
            except sqlite3.OperationalError:  # locked, or nowhere to write
                break
            except sqlite3.DatabaseError:
                self._forget()
            except OSError:
                break
        self._close()
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; what was kept is kept."""
        self._close()

    def hashes(self, folder: Path) -> dict[Path, tuple[Stamp, bytes]]:
        """Return stamp and content hash of the files of a folder that were seen before."""
        begin = os.fsencode(folder / "-")[:-1]
        question = (
            "select file, size, changed, altered, content from seen where file between ? and ?"
        )
        rows = self._ask(question, [begin, begin + b"\xff"])
        return {Path(os.fsdecode(row[0])): (Stamp(*row[1:4]), row[4]) for row in rows}

    def remember(self, hashes: dict[Path, tuple[Stamp, bytes]], looked: int) -> None:
        """Keep content hashes; `looked` is when making them began, in nanoseconds."""
        rows = [
            (os.fsencode(path), stamp.size, stamp.changed, stamp.altered, content)
            for path, (stamp, content) in hashes.items()
            if max(stamp.changed, stamp.altered) < looked - RACE_NANOSECONDS
        ]
        self._tell("insert or replace into seen values (?, ?, ?, ?, ?)", rows)

    def outcomes(self, keys: Iterable[bytes]) -> dict[bytes, Outcome]:
        """Return what was read before."""
        found = {}
        for key in set(keys):
            for pieces, notes in self._ask("select pieces, notes from read where key = ?", [key]):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    found[key] = _unpacked(pieces, notes)
        return found

    def keep(self, outcomes: dict[bytes, Outcome]) -> None:
        """Keep what was read."""
        rows = [(key, *_packed(outcome)) for key, outcome in outcomes.items()]
        self._tell("insert or replace into read values (?, ?, ?)", rows)

    def _ask(self, question: str, values: Iterable[Any] = ()) -> Iterator[Any]:
        if self._database is None:
            return
        try:
            yield from self._database.execute(question, list(values))
        except sqlite3.Error:
            self._forget()

    def _tell(self, order: str, rows: list[Any]) -> None:
        if self._database is None or not rows:
            return
        try:
            with self._database:
                self._database.executemany(order, rows)
        except sqlite3.Error:
            self._close()

    def _forget(self) -> None:
        """Throw away a database that is broken."""
        self._close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def now() -> int:
    """Return the time that files are stamped with, in nanoseconds."""
    return time.time_ns()


FIELDS = ("seconds", "number", "tracks", "composer", "title", "counts", "remarks")


def _packed(outcome: Outcome) -> tuple[str, bytes]:
    if isinstance(outcome, str):
        return json.dumps(outcome), b""
    told = [{field: getattr(piece, field) for field in FIELDS} | {"notes": len(piece.notes)}
            for piece in outcome]  # fmt: skip
    return json.dumps(told), b"".join(piece.notes.tobytes() for piece in outcome)


def _unpacked(told: str, packed: bytes) -> Outcome:
    pieces = json.loads(told)
    if isinstance(pieces, str):
        return pieces
    notes = np.frombuffer(packed, dtype=NOTE_DTYPE)
    if len(notes) != sum(piece["notes"] for piece in pieces):
        raise ValueError("the notes of some pieces are missing")
    outcome, begin = [], 0
    for piece in pieces:
        end = begin + piece.pop("notes")
        piece["tracks"], piece["remarks"] = tuple(piece["tracks"]), tuple(piece["remarks"])
        outcome.append(Piece(notes[begin:end], **piece))
        begin = end
    return outcome
