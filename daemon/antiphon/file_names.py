"""Names of files as text that can be shown and written anywhere.

Names on a disk are bytes. Python turns those that are not UTF-8 into lone surrogates,
which no font, no score and no UTF-8 file can hold.
"""

from __future__ import annotations

import os


def readable(name: str) -> str:
    r"""Return a name in which bytes that are not UTF-8 are spelt out: "caf\xe9"."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")
