"""A real `antiphon jam` in a process of its own, and how to read what it plays."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mido

from antiphon.replay import replay

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

START_SECONDS = 20.0
END_SECONDS = 10.0


@dataclass
class Balance:
    """What sounds after messages: every start is to be met by its end."""

    started: int = 0
    sounding: dict[tuple[int, int], int] = field(default_factory=dict)

    def take(self, messages: Iterable[bytes]) -> Balance:
        """Count messages in."""
        for data in messages:
            kind, key = data[0] & 0xF0, (data[0] & 0x0F, data[1])
            if kind == 0x90 and data[2] > 0:
                self.started += 1
                self.sounding[key] = self.sounding.get(key, 0) + 1
            elif kind in (0x80, 0x90):
                self.sounding.pop(key, None)
        return self


def sounded(session: Path) -> Counter[tuple[int, int]]:
    """Return how often the partner sounded each (pitch, velocity) in a recorded session."""
    return Counter(
        (message.note, message.velocity)
        for track in mido.MidiFile(session).tracks
        if track.name == "Antiphon"
        for message in track
        if message.type == "note_on" and message.velocity > 0
    )


class JamProcess:
    """`antiphon jam` with options; ended by force if nothing else ended it.

    What it recorded is replayed at its end, unless a test has put another partner
    in with `code`; `replayed` says that its partner is the shipped one all the same.
    """

    def __init__(
        self, folder: Path, *options: str, code: str | None = None, replayed: bool = False
    ) -> None:
        self.folder = folder
        self._replayed = code is None or replayed
        start = ["-m", "antiphon"] if code is None else ["-c", code]
        command = [sys.executable, *start, "-v", "jam", "--sessions", str(folder), *options]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> JamProcess:
        return self

    def __exit__(self, kind: object = None, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.end()
        assert self.process.stderr is not None
        self.process.stderr.close()
        if self._replayed and kind is None:
            self.replay()

    def replay(self) -> int:
        """Play what was recorded once more; return how many notes came out the same.

        Every session has its log, and every note that sounded is among those that
        came out the same; fewer sounded where a player took over.
        """
        notes = 0
        sessions = sorted(self.folder.glob("*.mid"))
        assert [path.stem for path in sorted(self.folder.glob("*.jsonl"))] == [
            path.stem for path in sessions
        ]
        for session in sessions:
            outcome = replay(session)
            assert outcome.difference is None, (session, outcome)
            heard = sounded(session)
            assert not heard - outcome.planned, (session, heard - outcome.planned)
            notes += outcome.notes
        return notes

    def wait_until_ready(self) -> None:
        """Wait until it can answer."""
        assert self._ready.wait(START_SECONDS), "".join(self.said)
        assert self.process.poll() is None, "".join(self.said)

    def end(self, number: int | None = None, seconds: float = END_SECONDS) -> int:
        """Send a signal, if one is given, and return the exit code."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if "ready after" in line:
                self._ready.set()
        self._ready.set()
