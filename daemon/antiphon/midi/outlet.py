"""Where messages go out: a port, or several places at once.

An outlet never raises from `send`, and never waits for a device: it is called
on the path of a note, by the scheduler's thread and, for thru, by the inlet's.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from antiphon.errors import AntiphonError
from antiphon.messages import HeldNotes, panic
from antiphon.messages.spec import NOTE_ON
from antiphon.midi.ports import VIRTUAL_OUTPUT, MidiSystem, OutputPort, find_port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from antiphon.midi.echo import EchoGuard

_log = logging.getLogger(__name__)


class Outlet(Protocol):
    """A place that sounds or keeps what is sent to it."""

    def send(self, data: bytes) -> None:
        """Send one message, now; called from any thread, must neither block nor raise."""

    def close(self) -> None:
        """Release what sounds and let the place go; safe to call twice."""


class PortOutlet:
    """A MIDI output port: our virtual one, or one that others offer.

    A port that vanishes is awaited: what is sent meanwhile is lost, and when
    the port is back (see `ports_changed`) the notes that it may still sound are
    released first. The same is done at the first opening, for what a killed
    process may have left sounding.

    Parameters
    ----------
    system : MidiSystem
        Where ports come from.
    wanted : str, optional
        Name of the port to connect to (exact, or a unique part); without one
        the virtual port `Antiphon Out` is opened for others to connect to.
    guard : EchoGuard, optional
        Told of what this outlet sends of its own accord.

    Raises
    ------
    AntiphonError
        The virtual port cannot be opened, or the name fits several ports. A
        port that is not there yet is no error.
    """

    def __init__(
        self, system: MidiSystem, wanted: str | None = None, *, guard: EchoGuard | None = None
    ) -> None:
        self._system = system
        self._wanted = wanted
        self._guard = guard
        # Re-entrant, since a signal handler may release while its thread sends.
        self._lock = threading.RLock()
        self._held = HeldNotes()
        self._owed: list[bytes] = []
        self._greeted: set[int] = set()
        self._dead: list[OutputPort] = []
        self._port: OutputPort | None = None
        self._name: str | None = None
        self._closed = False
        self._complained = False
        self._open(() if wanted is None else system.outputs())

    @property
    def port_name(self) -> str | None:
        """Name of the port that is open now, or None while it is awaited."""
        return self._name

    def send(self, data: bytes) -> None:
        """Send one message, or lose it while the port is away; never raises."""
        with self._lock:
            self._greet(data)
            if self._push(data):
                self._held.see(data)

    def release_all(self) -> None:
        """Send the note-offs of all that sounds, then the panic on the channels used."""
        with self._lock:
            for data in (*self._held.releases(), *panic(self._held.channels)):
                self.send(data)

    def ports_changed(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Let a vanished port go and take a returned one; called by `PortWatch`."""
        del inputs
        if self._closed:
            return
        with self._lock:
            vanished = self._wanted is not None and self._name not in outputs
            if self._port is not None and (vanished or self._port.gone):
                self._lose("has gone")
        self._close_dead()
        if self._port is None:
            try:
                self._open(outputs)
            except AntiphonError as error:
                self._complain(str(error))

    def close(self) -> None:
        """Release everything and close the port; safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self.release_all()
            self._bury()
        self._close_dead()

    def _greet(self, data: bytes) -> None:
        """Silence a channel just before its first note, for what a kill left sounding.

        To our virtual port others connect when they like: the panic of the
        opening reached nobody.
        """
        channel = data[0] & 0x0F
        if self._wanted is None and data[0] & 0xF0 == NOTE_ON and channel not in self._greeted:
            self._greeted.add(channel)
            for message in panic((channel,)):
                if self._guard is not None:
                    self._guard.played(message, time.monotonic())
                self._push(message)

    def _open(self, outputs: Iterable[str]) -> None:
        if self._wanted is None:
            self._adopt(self._system.open_virtual_output(), VIRTUAL_OUTPUT)
            return
        name = find_port(outputs, self._wanted)
        if name is None:
            self._complain(f"The MIDI output {self._wanted!r} is not there yet; it is awaited.")
            return
        self._adopt(self._system.open_output(name), name)
        _log.info("connected to the MIDI output %s", name)

    def _adopt(self, port: OutputPort, name: str) -> None:
        with self._lock:
            self._port, self._name = port, name
            self._complained = False
            owed, self._owed = self._owed, []
            for data in (*owed, *panic()):
                self._push(data)

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
        _log.warning("The MIDI output %s %s; it is awaited.", self._name, why)
        self._owed += self._held.releases()
        self._bury()

    def _bury(self) -> None:
        """Take the port out of use; closing it may wait, and is not done here."""
        if self._port is not None:
            self._dead.append(self._port)
        self._port = self._name = None

    def _close_dead(self) -> None:
        while self._dead:
            self._dead.pop().close()

    def _complain(self, sentence: str) -> None:
        if not self._complained:
            _log.warning("%s", sentence)
        self._complained = True


class Fanout:
    """Several outlets as one; where one fails the others play on.

    Parameters
    ----------
    outlets : iterable of Outlet
        Where each message goes, in this order.
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
                if place not in self._failed:  # said once, or it would be said for every note
                    self._failed.add(place)
                    _log.exception("an output fails: %s", type(outlet).__name__)

    def close(self) -> None:
        """Close every outlet, even where one fails to."""
        for outlet in self._outlets:
            try:
                outlet.close()
            except Exception:  # noqa: BLE001 - the others must be closed too
                _log.exception("an output does not close: %s", type(outlet).__name__)
