"""Redirect what TensorFlow writes to stderr from C++ into a file.

TensorFlow prints about processors and graphics cards at every import. These messages do
not pass through Python's `sys.stderr`, and no setting silences all of them.
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
    """Send to a file what libraries write to stderr; Python still writes to stderr.

    Parameters
    ----------
    path : Path | None
        The file, which is emptied first; None redirects nothing.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if path is None:
        yield
        return
    stderr = sys.stderr
    stderr.flush()
    kept = os.dup(_STDERR)
    with path.open("wb") as log, os.fdopen(os.dup(kept), "w", buffering=1) as terminal:
        # A test may have replaced sys.stderr: then leave it alone.
        own = stderr is sys.__stderr__
        os.dup2(log.fileno(), _STDERR)
        if own:
            sys.stderr = terminal
        try:
            yield
        finally:
            sys.stderr = stderr
            os.dup2(kept, _STDERR)
            os.close(kept)
