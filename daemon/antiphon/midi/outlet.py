"""Outlets, to which messages are sent: a port, or several outlets as one.

`send` never raises and never waits for a device: it is called on the path of a note, by
the schedule's thread and, for thru, by the inlet's.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from antiphon.errors import AntiphonError
from antiphon.messages import HeldNotes, panic
from antiphon.messages.shared import SharedNotes
from antiphon.messages.spec import NOTE_ON
from antiphon.midi.port_names import VIRTUAL_OUTPUT, ListedPort, find_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from antiphon.midi.echo import EchoGuard
    from antiphon.midi.open_port import OutputPort
    from antiphon.midi.ports import MidiSystem

_log = logging.getLogger(__name__)


class Outlet(Protocol):
    """A port, a synthesizer, or anything else that messages are sent to."""

    def send(self, data: bytes) -> None:
        """Send one message, now; called from any thread, must neither block nor raise."""

    def close(self) -> None:
        """Release what sounds and close the outlet; safe to call twice."""


class PortOutlet:
    """A MIDI output port: the virtual port `Antiphon Out`, or a port of another program.

    A port that vanishes is awaited, and messages sent meanwhile are lost. When the port
    is back (see `ports_changed`), the notes that it may still sound are released, and a
    panic follows. The panic is also sent when the port is first opened, because a process
    that was killed may have left notes sounding.

    Parameters
    ----------
    system : MidiSystem
        Where ports come from.
    wanted : str, optional
        Name of the port to connect to (exact, or a unique part); without one
        the virtual port `Antiphon Out` is opened for others to connect to.
    guard : EchoGuard, optional
        Remembers what this outlet sends of its own accord, so that echoes are recognised.
    clock : callable
        Returns the time for the guard, in seconds of the monotonic clock.

    Raises
    ------
    NoVirtualPortsError
        The MIDI system does not let a program open ports of its own.
    AntiphonError
        The name fits several ports. A port that is not there yet is no error.
    """

    def __init__(
        self,
        system: MidiSystem,
        wanted: str | None = None,
        *,
        guard: EchoGuard | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._system = system
        self._wanted = wanted
        self._guard = guard
        self._clock = clock
        self._lock = threading.Lock()
        self._held = HeldNotes()  # what sounds at the port
        self._shared = SharedNotes()  # who holds it
        self._parts = 0
        self._unreleased: list[bytes] = []  # note-offs that a lost port did not get
        self._silenced: set[int] = set()  # channels, before their first note
        self._to_close: list[OutputPort] = []
        self._port: OutputPort | None = None
        self._listed: ListedPort | None = None
        self._closed = False
        self._warned = False
        self._open(() if wanted is None else system.outputs())

    def part(self) -> PortPart:
        """Return an outlet for one of several parts that play on this port; see `SharedNotes`."""
        self._parts += 1
        return PortPart(self, self._parts)

    def send(self, data: bytes, part: int = 0) -> None:
        """Send one message of a part, or lose it while the port is away; never raises."""
        with self._lock:
            for message in self._shared.merge(part, data):
                self._silence_first(message)
                if self._push(message):
                    self._held.see(message)

    def release_all(self) -> None:
        """Send the note-offs of all sounding notes, then a panic on the channels used.

        A second call, with nothing sent since, sends nothing.
        """
        with self._lock:
            self._release_all()

    def ports_changed(
        self, inputs: tuple[ListedPort, ...], outputs: tuple[ListedPort, ...]
    ) -> None:
        """Close a vanished port and open a returned one; called by `PortWatch`."""
        del inputs
        if self._closed:
            return
        with self._lock:
            vanished = self._wanted is not None and self._listed not in outputs
            if self._port is not None and (vanished or self._port.gone):
                self._lose("has gone")
        self._close_lost()
        if self._port is None:
            try:
                self._open(outputs)
            except AntiphonError as error:
                self._warn_once(str(error))

    def close(self) -> None:
        """Release everything and close the port; safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._release_all()
            self._drop_port()
        self._close_lost()

    def _release_all(self) -> None:
        self._shared.clear()
        messages = self._held.silence()
        for place, data in enumerate(messages):
            if not self._push_own(data):
                self._unreleased += messages[place:]
                return

    def _silence_first(self, data: bytes) -> None:
        """Silence a channel just before its first note, since a killed jam may have left notes.

        Other programs connect to the virtual port at any time, so they may not have
        received the panic that was sent when it was opened.
        """
        channel = data[0] & 0x0F
        if self._wanted is None and data[0] & 0xF0 == NOTE_ON and channel not in self._silenced:
            self._silenced.add(channel)
            for message in panic((channel,)):
                self._push_own(message)

    def _open(self, outputs: Iterable[ListedPort]) -> None:
        if self._wanted is None:
            self._use(self._system.open_virtual_output(), None)
            return
        listed = find_port(outputs, self._wanted)
        if listed is None:
            self._warn_once(f"The MIDI output {self._wanted!r} is not there yet; it is awaited.")
            return
        self._use(self._system.open_output(listed), listed)
        _log.info("connected to the MIDI output %s", listed.name)

    def _use(self, port: OutputPort, listed: ListedPort | None) -> None:
        """Send to a port from now on; silence it first."""
        with self._lock:
            self._port, self._listed = port, listed
            self._warned = False
            self._held = HeldNotes()
            self._silenced.clear()
            unreleased, self._unreleased = self._unreleased, []
            for data in (*unreleased, *panic()):
                self._push_own(data)

    def _push_own(self, data: bytes) -> bool:
        """Send a message of this outlet's own, and let the guard recognise its echo."""
        if self._guard is not None and self._port is not None:
            self._guard.played(data, self._clock())
        return self._push(data)

    def _push(self, data: bytes) -> bool:
        if self._port is None:
            return False
        try:
            self._port.send(data)
        except Exception as error:  # noqa: BLE001 - none may end the path of a note
            self._lose(f"failed ({error})")
            return False
        return True

    def _lose(self, why: str) -> None:
        name = VIRTUAL_OUTPUT if self._listed is None else self._listed.name
        _log.warning("The MIDI output %s %s; it is awaited.", name, why)
        self._unreleased += self._held.releases()
        self._drop_port()

    def _drop_port(self) -> None:
        """Take the port out of use; it is closed later, because closing may wait."""
        if self._port is not None:
            self._to_close.append(self._port)
        self._port = self._listed = None

    def _close_lost(self) -> None:
        while self._to_close:
            self._to_close.pop().close()

    def _warn_once(self, sentence: str) -> None:
        if not self._warned:
            _log.warning("%s", sentence)
        self._warned = True


@dataclass(frozen=True, slots=True)
class PortPart:
    """One of several parts that play on a port; `PortOutlet.part` makes them."""

    port: PortOutlet
    number: int

    def send(self, data: bytes) -> None:
        """Send one message of this part; see `PortOutlet.send`."""
        self.port.send(data, self.number)

    def close(self) -> None:
        """Do nothing: the port outlives its parts."""


class Fanout:
    """Several outlets as one; if one fails, the others play on.

    Parameters
    ----------
    outlets : iterable of Outlet
        The outlets that get each message, in this order.
    """

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self._outlets = tuple(outlets)
        self._failed: set[int] = set()

    def send(self, data: bytes) -> None:
        """Send one message to every outlet; never raises."""
        for place, outlet in enumerate(self._outlets):
            try:
                outlet.send(data)
            except Exception:  # noqa: BLE001 - the others play on
                if place not in self._failed:  # once, not for every note
                    self._failed.add(place)
                    _log.exception("an output fails: %s", type(outlet).__name__)

    def close(self) -> None:
        """Close every outlet, even where one fails to."""
        for outlet in self._outlets:
            try:
                outlet.close()
            except Exception:  # noqa: BLE001 - the others must be closed too
                _log.exception("an output does not close: %s", type(outlet).__name__)
