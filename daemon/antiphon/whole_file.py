"""Write a file whole or not at all.

The content goes to an unfinished file beside the real one, which takes its place
when it is complete. A full disk, an exception or a kill leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_NAME = 200
"""Bytes of the file's own name that the unfinished one keeps; most systems allow 255."""


@contextlib.contextmanager
def whole_file(path: Path, *, sync: bool = False) -> Iterator[Path]:
    """Yield the path of an empty file to write to; it replaces `path` when the block ends.

    The unfinished file is hidden, lies in the same folder, ends like the name of
    `path` (some writers look at the suffix), and has a name that no other process uses.
    If the body raises, it is deleted and `path` stays as it was; a body that deletes
    it itself leaves `path` as it was, too.

    Parameters
    ----------
    path : Path
        Where the file belongs; an older file there is replaced.
    sync : bool
        Whether the content must be on the disk before it takes its place, so that
        a power cut loses neither the old nor the new file.

    Raises
    ------
    OSError
        The file cannot be written. Callers say in a sentence what that means.
    """
    unfinished = _beside(path)
    try:
        # Made here and not by the writer, so that it has the usual permissions.
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        yield unfinished
        if not unfinished.exists():
            return
        if sync:
            _sync(unfinished, os.O_RDWR)  # Windows syncs only what may be written
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    if sync:
        with contextlib.suppress(OSError):  # not every system opens folders
            _sync(path.parent, os.O_RDONLY)


def _beside(path: Path) -> Path:
    name = os.fsdecode(os.fsencode(path.name)[-LONGEST_NAME:])
    return path.with_name(f".{secrets.token_hex(4)}.part-{name}")


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
