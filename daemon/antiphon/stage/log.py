"""A log of everything a session depends on: its inputs, its ticks, and what came of them.

Ticks are logged since what is drawn may depend on when a busy machine woke the
partner. An entry is a JSON array; times are seconds of the session's clock, written
in full, so that a log is exact to the bit.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from antiphon.messages import Heard
from antiphon.music.note import Note
from antiphon.partner.inputs import Change, Forget, Input, Panic, Stop
from antiphon.partner.outputs import Cancel, End, Output, Play, Silence

if TYPE_CHECKING:
    from collections.abc import Iterator

Entry = list[Any]

SUFFIX = ".jsonl"
"""What the name of a log ends with; the rest is that of its session."""

TICK = "tick"
GIVEN = ("heard", "change", "panic", "forget", "stop", TICK)
"""Entries of what the partner was told; all others are what it did."""

MOST_WAITING = 200_000
"""Entries that wait to be written, those of three hours; a disk that hangs takes none."""


class StageLog:
    """Watches a stage, and keeps what happened until it is written; see `Observer`.

    Appending waits for nothing; `entries` and `lines` may be called from another thread.
    Where more than `MOST_WAITING` entries wait, the log ends for good: a log with a
    gap could not be replayed.

    Attributes
    ----------
    ended : bool
        Whether it has.
    """

    def __init__(self) -> None:
        self.ended = False
        self._entries: deque[Entry] = deque()

    def took(self, given: Input) -> None:
        """Keep an input."""
        self._keep(entry_of(given))

    def ticked(self, now: float) -> None:
        """Keep a tick."""
        self._keep([TICK, now])

    def did(self, output: Output, now: float) -> None:
        """Keep an output; a report changes nothing that sounds."""
        del now
        entry = entry_of_output(output)
        if entry is not None:
            self._keep(entry)

    def entries(self) -> Iterator[Entry]:
        """Yield what has come since this was last called."""
        for _ in range(len(self._entries)):
            yield self._entries.popleft()

    def lines(self) -> Iterator[str]:
        """Yield the same as text, a line each."""
        for entry in self.entries():
            yield json.dumps(entry, separators=(",", ":")) + "\n"

    def _keep(self, entry: Entry) -> None:
        self.ended = self.ended or len(self._entries) >= MOST_WAITING
        if not self.ended:
            self._entries.append(entry)


def entry_of(given: Input) -> Entry:
    """Return the entry of an input."""
    match given:
        case Heard():
            return ["heard", given.time, given.data.hex()]
        case Change(time, name, value):
            return ["change", time, name, value]
        case Panic(time):
            return ["panic", time]
        case Forget(time, what):
            return ["forget", time, what]
        case Stop(time):
            return ["stop", time]


def input_of(entry: Entry) -> Input:
    """Return the input of an entry.

    Raises
    ------
    ValueError
        It is none.
    """
    match entry:
        case ["heard", float() as time, str() as data]:
            heard = Heard.parse(bytes.fromhex(data), time)
            if heard is not None:
                return heard
        case ["change", float() as time, str() as name, str() | float() | int() | bool() as value]:
            return Change(time, name, value)
        case ["panic", float() as time]:
            return Panic(time)
        case ["forget", float() as time, ("phrase" | "all") as what]:
            return Forget(time, what)
        case ["stop", float() as time]:
            return Stop(time)
    raise ValueError(f"{entry} is no input")


def entry_of_output(output: Output) -> Entry | None:
    """Return the entry of an output, or None for a report."""
    match output:
        case Play(identity, note):
            return ["play", identity, note.pitch, note.onset, note.duration, note.velocity]
        case End(time, identity):
            return ["end", time, identity]
        case Cancel(time):
            return ["cancel", time]
        case Silence(time, panic):
            return ["silence", time, panic]
    return None


def output_of(entry: Entry) -> Output:
    """Return the output of an entry.

    Raises
    ------
    ValueError
        It is none.
    """
    match entry:
        case ["play", int() as identity, int() as pitch, float() as onset,
              float() | None as duration, int() as velocity]:  # fmt: skip
            return Play(identity, Note(pitch, onset, duration, velocity))
        case ["end", float() as time, int() as identity]:
            return End(time, identity)
        case ["cancel", float() as time]:
            return Cancel(time)
        case ["silence", float() as time, bool() as panic]:
            return Silence(time, panic)
    raise ValueError(f"{entry} is no output")
