"""Read commands from standard input, a line each, during a jam."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time
from typing import TYPE_CHECKING

from antiphon.errors import UsageError
from antiphon.partner.commands import parse_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.partner.inputs import Input

LOOK_INTERVAL = 0.25
"""The thread checks this often, in seconds, whether it should end."""

LONGEST_LINE = 4096
"""Bytes; a longer line is no command."""


class CommandReader:
    """Reads commands from a file descriptor, on a thread of its own.

    It reads the descriptor itself, with a time limit, because a buffered reader could
    delay the end of the process.

    Parameters
    ----------
    hear : callable
        Takes each command.
    say : callable
        Shows a sentence that says why a line is no command.
    descriptor : int
        The file descriptor.
    """

    def __init__(
        self, hear: Callable[[Input], None], say: Callable[[str], None], descriptor: int
    ) -> None:
        self._hear = hear
        self._say = say
        self._descriptor = descriptor
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="antiphon-commands", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        rest = b""
        # Standard input may be closed, or of a kind that `select` does not take.
        with contextlib.suppress(OSError, ValueError):
            while not self._stopping.is_set():
                if not select.select([self._descriptor], [], [], LOOK_INTERVAL)[0]:
                    continue
                read = os.read(self._descriptor, LONGEST_LINE)
                if not read:
                    return
                *lines, rest = (rest + read).split(b"\n")
                for line in lines:
                    self._take(line.decode("utf-8", errors="replace"))
                rest = rest[:LONGEST_LINE]

    def _take(self, line: str) -> None:
        if not line.strip():
            return
        try:
            self._hear(parse_command(line, time.monotonic()))
        except UsageError as error:
            self._say(str(error))


def command_descriptor() -> int | None:
    """Return the descriptor of standard input, or None where no commands can come from it.

    A jam in the background of a terminal must not read from the terminal: the system
    would suspend the process.
    """
    try:
        descriptor = sys.stdin.fileno()
        if os.isatty(descriptor) and os.tcgetpgrp(descriptor) != os.getpgrp():
            return None
    except (AttributeError, OSError, ValueError):  # closed, or a system without terminals
        return None
    return descriptor
