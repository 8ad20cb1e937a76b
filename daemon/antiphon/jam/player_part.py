"""The file that plays the player's part, until a person plays.

Where there is a MIDI system but no keyboard, the bundled performance waits `GRACE`
seconds for a person. It ends for good as soon as a person plays.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.file_names import readable
from antiphon.midi.fileplayer import FilePlayer
from antiphon.music.files.reading import LEAD_IN, read_performance
from antiphon.music.turns import leave_room
from antiphon.resources import house_performance

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.messages import Heard
    from antiphon.midi.echo import EchoGuard
    from antiphon.midi.intake import Deliver, Thru

GRACE = 4.0
"""Seconds that the bundled performance waits for a person to play."""

LISTENING = 1.2
"""A file leaves this many seconds more than the answer lasts: the pause, and a last note."""

Messages = list[tuple[float, bytes]]


def room_after(phrase: float, shortest: float, longest: float) -> float:
    """Return the seconds that a file waits after a phrase of `phrase` seconds."""
    return min(max(phrase, shortest), longest) + LISTENING


class PlayerPart:
    """Starts and stops the file that plays the player's part, if one does.

    Parameters
    ----------
    messages : list of (float, bytes), optional
        The messages of the file; None where only a person plays.
    thru, deliver, guard
        See `antiphon.midi.intake.Intake`.
    yields : bool
        Whether the file ends when a person plays.
    """

    def __init__(
        self,
        messages: Messages | None,
        *,
        thru: Thru | None,
        deliver: Deliver,
        guard: EchoGuard | None = None,
        yields: bool = True,
    ) -> None:
        self._deliver = deliver
        self._yields = yields
        self._lock = threading.Lock()
        self._person = False  # a person plays, and what the file held is released
        self._file = (
            FilePlayer(messages, thru=thru, deliver=deliver, guard=guard)
            if messages is not None
            else None
        )
        self._begun = False

    def person(self, heard: Heard) -> None:
        """Take what a person played; called on the inlet's thread."""
        self.leave_to_person()  # the file's notes are released before the person's are heard
        self._deliver(heard)

    def begin(self) -> bool:
        """Start the file, unless a person plays; return whether it has started."""
        with self._lock:
            if self._file is None or self._begun or self._person:
                return False
            self._begun = True
            self._file.start()
        return True

    def stop(self) -> None:
        """End the file early and release what it holds; safe to call twice."""
        if self._file is not None and self._begun:
            self._file.stop()

    def leave_to_person(self) -> None:
        """End the file for good, because a person plays; waits for no thread."""
        if not self._yields or self._person:
            return
        with self._lock:
            if self._begun and self._file is not None:
                self._file.cut()
            self._person = True

    @property
    def waiting(self) -> bool:
        """Whether the file could still begin."""
        return self._file is not None and not self._begun and not self._person

    @property
    def ended(self) -> bool:
        """Whether the file has played to its end, and no person took over."""
        return (
            self._begun
            and not self._person
            and self._file is not None
            and self._file.ended.is_set()
        )


def load_part(player: str, *, room: Callable[[float], float]) -> tuple[Messages | None, str | None]:
    """Return the messages of a file and its name; None and None where only a person plays.

    Parameters
    ----------
    player : str
        The setting `jam.player`: "auto", "none", or a MIDI file.
    room : callable
        Returns the seconds to leave after a phrase, given its length in seconds.

    Raises
    ------
    MidiFileError
        The file cannot be read.
    """
    if player == "none":
        return None, None
    path = house_performance() if player == "auto" else Path(player)
    messages = read_performance(path).messages(lead_in=LEAD_IN)
    return leave_room(messages, room=room), readable(path.name)
