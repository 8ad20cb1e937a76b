"""The log of a session on disk, beside its MIDI file, a line at a time."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from antiphon.stage.log import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from antiphon.stage.log import StageLog


class LogFile:
    """Appends a stage's log to a file; belongs to the recorder's thread.

    Parameters
    ----------
    log : StageLog
        What is written.
    header : callable
        Returns the first line's values; called when the file begins, for it may
        take its time.
    """

    def __init__(self, log: StageLog, header: Callable[[], Mapping[str, Any]]) -> None:
        self._log = log
        self._header = header
        self._path: Path | None = None
        self._unwritten = ""

    def save(self, session: Path | None) -> None:
        """Bring the log of a session's file up to date; without one, keep it in memory.

        Raises
        ------
        OSError
            It cannot be written now; nothing is lost.
        """
        self._unwritten += "".join(self._log.lines())
        if session is None or not self._unwritten:
            return
        path = session.with_suffix(SUFFIX)
        if self._path is None:
            self._unwritten = json.dumps(self._header()) + "\n" + self._unwritten
        elif path != self._path:  # the session was put elsewhere
            shutil.copyfile(self._path, path)
        self._path = path
        content = self._unwritten.encode()
        # Without a buffer, which would be written once more before the file is truncated.
        with path.open("ab", buffering=0) as file:
            end = file.tell()
            try:
                while content:
                    content = content[file.write(content) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
        self._unwritten = ""
