"""Keep the memory of a session in a file, on a thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from antiphon.errors import MemoryFileError
from antiphon.recorder.memory_file import KeptMemory, check_fits, read_memory, write_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from antiphon.partner.memory.memory import Memory

INTERVAL = 10.0
"""Seconds between two looks for a change; a kill loses at most so much."""

_SHORT = 0.01


class MemoryKeeper:
    """Fills a memory from a file, and writes it back as it changes.

    Parameters
    ----------
    memory : Memory
        The session's. It is filled here, before anything plays.
    path : Path
        The file. Where it is another instrument's or damaged, it is left alone, and
        nothing is kept.
    sizes : sequence of int
        Classes of each field of the instrument.
    instrument : str
        What it is called.
    say : callable
        Shows a sentence to the musician.

    Attributes
    ----------
    loaded : bytes
        What the memory was filled with, as a file has it; empty where with nothing.
    """

    def __init__(
        self,
        memory: Memory,
        path: Path,
        sizes: Sequence[int],
        instrument: str,
        say: Callable[[str], None],
    ) -> None:
        self.loaded = b""
        self._memory, self._path = memory, path
        self._instrument, self._say = instrument, say
        self._told = False
        self._keeps = self._load(sizes)
        self._written = memory.version
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="antiphon-memory", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what has changed, and end the thread; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.write()

    def write(self) -> None:
        """Write the memory where it has changed; where that fails, it is tried again."""
        if not self._keeps or self._memory.version == self._written:
            return
        version, notes = self._memory.version, self._memory.notes
        while self._memory.changing or self._memory.version != version:
            self._stopping.wait(_SHORT)  # the partner was at it
            version, notes = self._memory.version, self._memory.notes
        try:
            write_memory(self._path, KeptMemory(notes, self._memory.identity, self._instrument))
        except MemoryFileError as error:
            if not self._told:
                self._told = True
                self._say(str(error))
        else:
            self._written = version

    def _load(self, sizes: Sequence[int]) -> bool:
        """Fill the memory; return whether it is to be kept."""
        if not self._path.exists():
            return True
        try:
            kept = read_memory(self._path)
            check_fits(kept, self._memory.identity, sizes, str(self._path))
        except MemoryFileError as error:
            self._say(str(error))
            return False
        self._memory.load(kept.notes)
        self.loaded = KeptMemory(self._memory.notes, kept.identity, kept.instrument).to_bytes()
        return True

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL):
            self.write()
