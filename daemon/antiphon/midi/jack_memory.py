"""JACK's shared memory, given back by the process that merely sends MIDI.

libjack locks the whole of the server's shared memory (100 MB, almost all of it
audio buffers) into every client process, where it counts as that process's
own. The server keeps it in memory anyway; a MIDI client touches a few pages.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-s .*/jack", re.M)
_MADV_DONTNEED = 4


def free_jack_memory() -> None:
    """Unlock JACK's shared memory and let go of its pages, where this is Linux.

    Nothing is lost: pages that are touched again come back from the server's
    copy.
    """
    try:
        mappings = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
        libc = ctypes.CDLL(None)
        unlock, advise = libc.munlock, libc.madvise
    except (OSError, AttributeError):  # no Linux: so be it
        return
    unlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for first, last in _MAPPING.findall(mappings):
        start, size = int(first, 16), int(last, 16) - int(first, 16)
        unlock(start, size)
        advise(start, size, _MADV_DONTNEED)
