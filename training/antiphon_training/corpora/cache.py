"""A cache of parsed files: one database in the user's cache folder.

The music of a file is stored under a key of the hash of its content, the way of reading and
the versions of the parsers. An index of sizes and times comes first: a file that has not
changed since the last look is not even opened. If the cache cannot be read or written, files
are parsed again. It may be deleted at any time.
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
from platformdirs import user_cache_path

from antiphon.music.note import NOTE_DTYPE
from antiphon_training.corpora.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from antiphon_training.corpora.piece import Reading

READER_VERSION = 4
"""Raise it when the same file is read as other notes than before."""

NAME = "corpora.sqlite"
SECONDS_TO_WAIT = 10.0
RACE_NANOSECONDS = 2_000_000_000
"""A file that changed so shortly before it was read may change again with the same times."""

TABLES = """
create table if not exists seen (
    file blob primary key, size integer, changed integer, altered integer, content blob);
create table if not exists read (key blob primary key, pieces text, notes blob);
"""

Outcome = list[Piece] | str
"""The result of reading a file: its music, or in a few words why there is none."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size of a file in bytes, and the times of its last changes in nanoseconds."""

    size: int
    changed: int
    altered: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp of a file."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def content_hash(content: bytes) -> bytes:
    """Return the hash of a content."""
    return hashlib.blake2b(content, digest_size=16).digest()


class ReadingKeys:
    """Keys of the cache for one way of reading, with the installed parsers."""

    def __init__(self, reading: Reading) -> None:
        versions = [metadata.version(name) for name in ("symusic", "music21")]
        self._prefix = repr((READER_VERSION, versions, reading)).encode()

    def key(self, content: bytes, suffix: str) -> bytes:
        """Return the key of the result for a content, given by its hash.

        The suffix is part of it, because it decides how a score is read.
        """
        name = self._prefix + suffix.lower().encode() + content
        return hashlib.blake2b(name, digest_size=16).digest()


class Cache:
    """The database in a folder; use it as a context.

    Parameters
    ----------
    folder : Path, optional
        Where it is; the user's own cache when not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._path = (folder or user_cache_path("antiphon") / "corpora") / NAME
        self._database: sqlite3.Connection | None = None

    def __enter__(self) -> Cache:
        """Open the database; replace one that is broken."""
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
        """Close the database."""
        self._close()

    def hashes(self, folder: Path) -> dict[Path, tuple[Stamp, bytes]]:
        """Return stamp and content hash of the known files of a folder."""
        begin = os.fsencode(folder / "-")[:-1]
        question = (
            "select file, size, changed, altered, content from seen where file between ? and ?"
        )
        rows = self._ask(question, [begin, begin + b"\xff"])
        return {Path(os.fsdecode(row[0])): (Stamp(*row[1:4]), row[4]) for row in rows}

    def remember(self, hashes: dict[Path, tuple[Stamp, bytes]], looked: int) -> None:
        """Store content hashes; `looked` is the time before the first was made, in ns."""
        rows = [
            (os.fsencode(path), stamp.size, stamp.changed, stamp.altered, content)
            for path, (stamp, content) in hashes.items()
            if max(stamp.changed, stamp.altered) < looked - RACE_NANOSECONDS
        ]
        self._tell("insert or replace into seen values (?, ?, ?, ?, ?)", rows)

    def outcomes(self, keys: Iterable[bytes]) -> dict[bytes, Outcome]:
        """Return the stored results of these keys."""
        found = {}
        for key in set(keys):
            for pieces, notes in self._ask("select pieces, notes from read where key = ?", [key]):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    found[key] = _unpacked(pieces, notes)
        return found

    def keep(self, outcomes: dict[bytes, Outcome]) -> None:
        """Store results."""
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
        """Delete a broken database."""
        self._close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def now() -> int:
    """Return the system's time, as in the stamps of files, in nanoseconds."""
    return time.time_ns()


FIELDS = ("seconds", "number", "tracks", "composer", "title", "counts", "remarks")


def _packed(outcome: Outcome) -> tuple[str, bytes]:
    if isinstance(outcome, str):
        return json.dumps(outcome), b""
    values = [{field: getattr(piece, field) for field in FIELDS} | {"notes": len(piece.notes)}
            for piece in outcome]  # fmt: skip
    return json.dumps(values), b"".join(piece.notes.tobytes() for piece in outcome)


def _unpacked(text: str, packed: bytes) -> Outcome:
    pieces = json.loads(text)
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
