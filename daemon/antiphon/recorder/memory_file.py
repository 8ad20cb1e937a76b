"""Files that keep a memory between sessions: compressed NumPy arrays, and JSON that names them.

`rows` are int16 (notes, fields), `keys` float16 (notes, width), `flags` uint8 (notes,):
1 where the partner played, 2 where it followed on the note before, 4 where a phrase began.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from antiphon.errors import MemoryFileError
from antiphon.partner.memory.remembered import Remembered
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMAT = 1

MOST = 16384
"""Notes of a file at most: the largest `memory.notes`."""

_OWN, _JOINS, _BEGINS = 1, 2, 4

_FIRST = b"about.npy"
"""The name of the first array, which stands in the first bytes even of a damaged file."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptMemory:
    """What a file holds.

    Attributes
    ----------
    notes : Remembered
        The notes.
    identity : str
        That of the instrument's weighing: keys of another cannot be compared.
    instrument : str
        What the instrument is called.
    """

    notes: Remembered
    identity: str
    instrument: str

    def to_bytes(self) -> bytes:
        """Return the content of a file."""
        about = {"format": FORMAT, "identity": self.identity, "instrument": self.instrument}
        notes = self.notes
        flags = notes.own * _OWN + notes.joins * _JOINS + notes.begins * _BEGINS
        content = io.BytesIO()
        np.savez_compressed(
            content,
            about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
            rows=notes.rows,
            keys=notes.keys.astype(np.float16),
            flags=flags.astype(np.uint8),
        )
        return content.getvalue()


def kept_memory(content: bytes, name: str) -> KeptMemory:
    """Return the memory that a file holds.

    Parameters
    ----------
    content : bytes
        Of the file.
    name : str
        What errors call it.

    Raises
    ------
    MemoryFileError
        It is no such file, or it is damaged.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            rows, keys, flags = arrays["rows"], arrays["keys"], arrays["flags"]
        if about["format"] != FORMAT:
            raise MemoryFileError(
                f"{name} was written by another version of Antiphon; use that one, or clear it "
                "with `antiphon memory clear`."
            )
        own, joins, begins = ((flags & bit) != 0 for bit in (_OWN, _JOINS, _BEGINS))
        notes = Remembered(rows.astype(np.int16), keys.astype(np.float32), own, joins, begins)
        _check(notes)
        return KeptMemory(notes, str(about["identity"]), str(about["instrument"]))
    except (KeyError, TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise MemoryFileError(
            f"{name} holds no memory, or it is damaged; name another file, or clear it with "
            "`antiphon memory clear`."
        ) from error


def clear_memory(path: Path) -> None:
    """Delete a file that holds a memory, even a damaged one, and no other file.

    Raises
    ------
    MemoryFileError
        There is no such file, it holds something else, or it cannot be deleted.
    """
    try:
        with path.open("rb") as file:
            if _FIRST not in file.read(len(_FIRST) + 64):
                raise MemoryFileError(
                    f"{path} holds no memory, so it is left as it is; name another file."
                )
        path.unlink()
    except OSError as error:
        raise MemoryFileError(
            f"{path} cannot be deleted ({error.strerror or error}); check its path and permissions."
        ) from error


def read_memory(path: Path) -> KeptMemory:
    """Return the memory that a file holds.

    Raises
    ------
    MemoryFileError
        It cannot be read, is no such file, or is damaged.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MemoryFileError(
            f"{path} cannot be read ({error.strerror or error}); check its path and permissions."
        ) from error
    return kept_memory(content, str(path))


def write_memory(path: Path, memory: KeptMemory) -> None:
    """Write a memory, whole or not at all.

    Raises
    ------
    MemoryFileError
        The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, sync=True) as unfinished:
            unfinished.write_bytes(memory.to_bytes())
    except OSError as error:
        raise MemoryFileError(
            f"The memory cannot be kept in {path} ({error.strerror or error})."
        ) from error


def check_fits(memory: KeptMemory, identity: str, sizes: Sequence[int], name: str) -> None:
    """Check that an instrument can use a memory.

    Raises
    ------
    MemoryFileError
        It is another instrument's.
    """
    notes = memory.notes
    fits = memory.identity == identity and notes.rows.shape[1] == len(sizes)
    if not fits or (len(notes) and (notes.rows >= np.array(sizes)).any()):
        raise MemoryFileError(
            f"{name} is the memory of another instrument ({memory.instrument}), so nothing of it "
            "is used or changed; name another file as memory.file."
        )


def merged(memories: Sequence[KeptMemory]) -> KeptMemory:
    """Return several memories as one, the newest notes where they are too many.

    Raises
    ------
    MemoryFileError
        They are of different instruments.
    """
    first, *others = memories
    for other in others:
        if other.identity != first.identity:
            raise MemoryFileError(
                f"A memory of {other.instrument} cannot be merged with one of "
                f"{first.instrument}: their instruments are not the same."
            )
    parts = [one.notes for one in memories]
    joins = [part.joins.copy() for part in parts]
    for joined in joins:
        joined[:1] = False
    notes = Remembered(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.own for part in parts]),
        np.concatenate(joins),
        np.concatenate([part.begins for part in parts]),
    )
    return KeptMemory(notes[max(len(notes) - MOST, 0) :], first.identity, first.instrument)


def _check(notes: Remembered) -> None:
    """Check that arrays belong together.

    Raises
    ------
    ValueError
        They do not.
    """
    count = len(notes.rows)
    if notes.rows.ndim != 2 or notes.keys.ndim != 2 or notes.own.shape != (count,):
        raise ValueError("shapes")
    if len(notes.keys) != count or not np.isfinite(notes.keys).all() or (notes.rows < 0).any():
        raise ValueError("values")
