"""Silence for libraries that write to stderr from C."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_STDERR = 2


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send the process's standard error to nowhere while the block runs.

    ALSA and JACK print whole paragraphs when a system is absent, past Python's
    `sys.stderr`. The whole process is affected: keep the block short.
    """
    with suppress(AttributeError, OSError, ValueError):  # no stderr, or a closed one
        sys.stderr.flush()
    try:
        kept = os.dup(_STDERR)
    except OSError:  # closed by whoever started us: quiet already
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(nowhere)
