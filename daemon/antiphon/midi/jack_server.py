"""Handle what RtMidi leaves open: libjack locks memory, and a JACK server may go.

RtMidi does not notice that the server has gone. It still lists the old ports, and once
its buffer is full a send spins for ever, with the interpreter's lock held.
"""

from __future__ import annotations

import ctypes
import os
import re
import select
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

_LIBJACK = re.compile(r"(/.*/libjack\b.*)$", re.M)
_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-s .*/jack", re.M)
_MADV_RANDOM = 1
_MADV_DONTNEED = 4

_AREA = 16_384
"""Bytes of the shared memory that one access maps. Half of it would need twice as many areas,
of which a process may have 65,530."""

_SETTLING_SECONDS = 0.05
"""More than two periods of 1,024 frames at 48 kHz."""


class JackServer:
    """The server that this process's clients are connected to.

    Make it after the first client: it finds the server by libjack's sockets to
    it, which it never reads.
    """

    def __init__(self) -> None:
        self._closed = False
        self._sockets = _sockets_to_jack()
        # libjack keeps sockets of a server that has gone before this one.
        for fd in _hung_up(self._sockets):
            self._sockets.remove(fd)
            os.close(fd)

    def gone(self) -> bool:
        """Tell whether the server has gone; takes microseconds, on any thread.

        All sockets must have hung up: one alone does where one client was closed, such
        as the synthesizer's.
        """
        known = self._sockets
        return self._closed or (bool(known) and len(_hung_up(known)) == len(known))

    def settle(self) -> None:
        """Wait until the server has told every client of the last change of its graph.

        A period or two after a port goes, libjack walks the lists of ports of all clients,
        and crashes where one is taken out of the list meanwhile (jack2's issue 216). So
        ports that go one after the other go with a pause before each.
        """
        time.sleep(_SETTLING_SECONDS)

    def close(self) -> None:
        """Close our sockets; `gone` is true from now on. Safe to call twice."""
        self._closed = True
        while self._sockets:
            os.close(self._sockets.pop())


def _hung_up(sockets: list[int]) -> list[int]:
    # A poll object serves one thread at a time, hence one for each look.
    poll = select.poll()
    for fd in sockets:
        poll.register(fd, 0)
    return [
        fd
        for fd, event in poll.poll(0)
        if event & (select.POLLHUP | select.POLLERR | select.POLLNVAL)
    ]


def _sockets_to_jack() -> list[int]:
    """Return duplicates (libjack closes its own) of the sockets to a JACK server."""
    found: list[int] = []
    with suppress(OSError):  # no /proc: the server is taken to stay
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
            with suppress(OSError):  # it may have closed meanwhile, or be no Unix socket
                if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                    continue
                with socket.socket(fileno=os.dup(int(name))) as known:
                    if known.family == socket.AF_UNIX and "/jack_" in str(known.getpeername()):
                        found.append(os.dup(known.fileno()))
    return found


def hush_jack() -> None:
    """Keep libjack from printing errors, above all that a server has gone.

    libjack prints from threads of its own, at any time, into the piano roll. This sets
    the handlers of each copy of the library that is loaded: rtmidi brings one, FluidSynth
    uses the system's.
    """
    with suppress(OSError):  # no /proc: it prints
        maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
        silent = ctypes.CDLL(None).strlen  # takes a text, from any thread, and prints nothing
        for path in set(_LIBJACK.findall(maps)):
            with suppress(OSError, AttributeError):
                library = ctypes.CDLL(path)
                library.jack_set_error_function(silent)
                library.jack_set_info_function(silent)


def free_jack_memory() -> None:
    """Unlock JACK's shared memory and release its pages, on Linux.

    libjack locks the whole of the server's shared memory (100 MB, almost all of it audio
    buffers) into every client process, whose own memory it then counts as. A MIDI client
    uses little of it. Nothing is lost: a page that is accessed again comes back from the
    server's copy.

    libjack lists ports by reading the first bytes of each, 32 KB apart. At each access
    Linux also maps the 64 KB around it, 68 MB in all; but it stops where the advice of
    `madvise` changes. So every second area gets another advice.
    """
    try:
        mappings = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
        libc = ctypes.CDLL(None)
        unlock, advise = libc.munlock, libc.madvise
    except (OSError, AttributeError):  # not Linux: the memory stays locked
        return
    unlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for first, last in _MAPPING.findall(mappings):
        start, size = int(first, 16), int(last, 16) - int(first, 16)
        if size <= _AREA:
            continue  # cut up by an earlier call
        unlock(start, size)
        advise(start, size, _MADV_DONTNEED)
        for area in range(start, start + size, 2 * _AREA):
            advise(area, min(_AREA, start + size - area), _MADV_RANDOM)
