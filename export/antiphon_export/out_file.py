"""The file that is to be written, checked before any work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from antiphon.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def check_out(out: Path) -> None:
    """Refuse a name that cannot be written.

    Raises
    ------
    UsageError
        It is a folder, or lies where no file can be written.
    """
    if out.is_dir():
        raise UsageError(f"{out} is a folder; name a file in it: {out / 'mine.onnx'}.")
    there = next(parent for parent in out.absolute().parents if parent.exists())
    if not there.is_dir():
        raise UsageError(f"{there} is no folder; name another --out file.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"Nothing can be written in {there}; name another --out file.")
