"""What TensorFlow writes to stderr from C++, kept in a file instead.

It greets every import with a page about processors and graphics cards, past
Python's `sys.stderr`, and no setting silences all of it.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STDERR = 2


@contextmanager
def native_messages_to(path: Path | None) -> Iterator[None]:
    """Send what libraries write to stderr to a file; Python's own goes where it went.

    Parameters
    ----------
    path : Path | None
        The file, begun anew; None leaves everything as it is.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if path is None:
        yield
        return
    spoken = sys.stderr
    spoken.flush()
    kept = os.dup(_STDERR)
    with path.open("wb") as log, os.fdopen(os.dup(kept), "w", buffering=1) as voice:
        # A test may have put something else in the place of stderr: leave it there.
        own = spoken is sys.__stderr__
        os.dup2(log.fileno(), _STDERR)
        if own:
            sys.stderr = voice
        try:
            yield
        finally:
            sys.stderr = spoken
            os.dup2(kept, _STDERR)
            os.close(kept)
