"""Silence libraries that write to stderr from C."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDERR = 2


class _Silence:
    """Redirects the process's stderr to /dev/null while at least one block asks for it.

    There is one file descriptor for all threads, so blocks that overlap are
    counted: the first redirects it and the last restores it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._kept: int | None = None  # what stderr was before the first block

    def enter(self) -> None:
        with self._lock:
            self._blocks += 1
            if self._blocks == 1:
                self._kept = _redirect()

    def leave(self) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks == 0 and self._kept is not None:
                kept, self._kept = self._kept, None
                os.dup2(kept, _STDERR)
                os.close(kept)


_silence = _Silence()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Redirect the process's stderr to /dev/null while the block runs; safe on any thread.

    ALSA and JACK print whole paragraphs when a system is absent, past Python's
    `sys.stderr`. The whole process is affected: keep the block short.
    """
    _silence.enter()
    try:
        yield
    finally:
        _silence.leave()


def _redirect() -> int | None:
    """Redirect stderr to /dev/null; return a copy of the old one, or None where that fails."""
    with suppress(AttributeError, OSError, ValueError):  # no stderr, or a closed one
        sys.stderr.flush()
    try:
        kept = os.dup(_STDERR)
    except OSError:  # closed by the process that started this one: quiet already
        return None
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no file descriptor is left: noise is better than failing
        os.close(kept)
        return None
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    return kept
