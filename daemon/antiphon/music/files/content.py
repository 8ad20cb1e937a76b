"""The bytes of a file of music: no more than music has, and no waiting for what never comes.

The stage and training read files by the same function.
"""

from __future__ import annotations

import os
import select
import stat
from typing import TYPE_CHECKING

from antiphon.music.files.chunks import OTHER, UnreadableMidiError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 28
"""A file of more bytes is no music: a device, or a recording."""
WAIT_SECONDS = 2.0
"""How long a named pipe may stay without a writer."""


def read_content(path: Path) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    path : Path
        A file; or a pipe, which is read until its writer closes it.

    Raises
    ------
    OSError
        The file cannot be opened.
    UnreadableMidiError
        It is larger than music is, or a pipe that nothing is written into.
    """
    pipe = stat.S_ISFIFO(path.stat().st_mode)
    with open(path, "rb", opener=_opened_pipe if pipe else None) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadableMidiError("is larger than any MIDI file", OTHER)
    return content


def _opened_pipe(name: str, flags: int) -> int:
    """Return the descriptor of a pipe that has something to read; plain opening would wait."""
    descriptor = os.open(name, flags | os.O_NONBLOCK)
    try:
        if not select.select([descriptor], [], [], WAIT_SECONDS)[0]:
            raise UnreadableMidiError("is a pipe that nothing is written into", OTHER)
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
