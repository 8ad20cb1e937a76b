"""The log of a session on disk, beside its MIDI file.

It is made whole, with its header, and then grows by whole lines. The file stays open:
what was written is there to be copied even where somebody has deleted it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
from typing import TYPE_CHECKING, Any, BinaryIO

from antiphon.stage.log import SUFFIX
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from antiphon.stage.log import StageLog

_log = logging.getLogger(__name__)

MOST_UNWRITTEN = 1 << 24
"""Bytes kept for a disk that takes nothing. Then the log ends, for one with a gap is no use."""


class LogFile:
    """Appends a stage's log to a file; belongs to the recorder's thread.

    Parameters
    ----------
    log : StageLog
        What is written.
    header : callable
        Returns the first line's values; called once, and may take its time.
    """

    def __init__(self, log: StageLog, header: Callable[[], Mapping[str, Any]]) -> None:
        self.path: Path | None = None
        self._log = log
        self._make_header = header
        self._header: Mapping[str, Any] | None = None
        self._unwritten: list[bytes] = []
        self._size = 0
        self._ended = False
        self._file: BinaryIO | None = None
        self._written = 0

    def prepare(self) -> None:
        """Make the header now: what it describes may be gone when the file begins."""
        if self._header is None:
            self._header = self._make_header()

    def collect(self) -> None:
        """Take what has come; beyond `MOST_UNWRITTEN` the log ends."""
        lines = "".join(self._log.lines()).encode()
        if self._ended or not lines:
            return
        if self._log.ended or self._size + len(lines) > MOST_UNWRITTEN:
            self._ended = True
            _log.warning(
                "The log of the session ends here, for the disk has taken nothing for too long; "
                "the session can be replayed up to this moment."
            )
        if self._size + len(lines) <= MOST_UNWRITTEN:
            self._unwritten.append(lines)
            self._size += len(lines)

    def save(self, session: Path | None) -> None:
        """Bring the log of a session's file up to date; without one, keep it in memory.

        Where the file has vanished, or the session was put elsewhere, the whole log
        is written there.

        Raises
        ------
        OSError
            It cannot be written now; nothing is lost.
        """
        self.collect()
        if session is None or (self._file is None and not self._unwritten):
            return
        path = session.with_suffix(SUFFIX)
        if self._file is None or path != self.path or not self._intact(self._file):
            self._begin(path)
        elif self._unwritten:
            self._append(self._file)

    def rescue(self, folder: Path, stem: str) -> None:
        """Write the whole log to another folder, in place of no other file.

        Raises
        ------
        OSError
            It cannot be written there either.
        """
        names = (f"{stem}{f'-{number}' if number > 1 else ''}" for number in itertools.count(1))
        paths = (folder / f"{name}{SUFFIX}" for name in names)
        self._begin(next(path for path in paths if not path.exists()))

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    @property
    def unwritten(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._unwritten)

    def _begin(self, path: Path) -> None:
        """Write all of the log to a file of its own."""
        self.prepare()
        content = b"".join([self._earlier(), *self._unwritten])
        path.parent.mkdir(parents=True, exist_ok=True)  # it may have been deleted meanwhile
        with whole_file(path, sync=True) as unfinished:
            unfinished.write_bytes(content)
        # Without a buffer, which would be written once more before the file is truncated.
        file = path.open("a+b", buffering=0)
        self.close()
        self._file, self.path, self._written = file, path, len(content)
        self._forget()

    def _earlier(self) -> bytes:
        """Return the header and all that was written, as far as it can still be read."""
        header: dict[str, Any] = dict(self._header or {})
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.seek(0)
                earlier = self._file.read(self._written)
                if len(earlier) == self._written:
                    return earlier
            header["complete"] = False
        return json.dumps(header).encode() + b"\n"

    def _append(self, file: BinaryIO) -> None:
        content = memoryview(b"".join(self._unwritten))
        size = len(content)
        try:
            while content:
                content = content[file.write(content) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(self._written)
            raise
        self._written += size
        self._forget()

    def _forget(self) -> None:
        """Keep no longer what is in the file."""
        self._unwritten.clear()
        self._size = 0

    def _intact(self, file: BinaryIO) -> bool:
        """Tell whether the file is where it was, and holds what was written."""
        if self.path is None:
            return False
        try:
            found = self.path.stat()
            same = os.path.samestat(found, os.fstat(file.fileno()))
        except OSError:
            return False
        return same and found.st_size == self._written
