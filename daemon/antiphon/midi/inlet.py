"""The thread that polls the input ports.

Ports are polled, with no Python callback: a callback would run in the driver's
real-time thread and wait there for the interpreter's lock. Three threads meet
here: the inlet's own (polls, takes in), the watch's (`ports_changed`: opens and
closes ports), and the caller's (`start`, `stop`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError, NoVirtualPortsError
from antiphon.midi.driver_clock import DriverClock
from antiphon.midi.intake import Deliver, Intake, Thru
from antiphon.midi.open_port import InputPort
from antiphon.midi.port_names import VIRTUAL_INPUT, ListedPort, find_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.midi.echo import EchoGuard
    from antiphon.midi.ports import MidiSystem

_log = logging.getLogger(__name__)

AUTO = "auto"
"""As a name to connect: every keyboard that is there, but not its ports for a DAW."""

ALL = "all"
"""As a name to connect: every port that is there."""

BUSY_INTERVAL = 0.0005
IDLE_INTERVAL = 0.0019
"""Seconds between polls while messages come, and while none do."""

IDLE_AFTER = 2.0
"""Seconds without a message after which polls are `IDLE_INTERVAL` apart."""

_MOST_AT_ONCE = 64
"""Messages taken from one port before the others get their turn."""


@dataclass(eq=False, slots=True)
class _Source:
    name: str
    port: InputPort
    intake: Intake
    clock: DriverClock = field(default_factory=DriverClock)


class Inlet:
    """Listens on the virtual port `Antiphon In` and on keyboards.

    Parameters
    ----------
    system : MidiSystem
        Where ports come from.
    thru, deliver : callable
        See `Intake`; both run on the inlet's thread.
    guard : EchoGuard, optional
        Recognises our own output.
    connect : sequence of str
        Ports to listen to: names (exact, or a unique part), `AUTO` or `ALL`.
        They may come and go at any time.
    virtual : bool
        Whether to open the virtual port; where the MIDI system refuses, the
        inlet listens to the others only.
    on_connected : callable, optional
        Gets the names of the keyboards when they change, on the thread that
        changed them.

    Raises
    ------
    AntiphonError
        The JACK server has gone.
    """

    def __init__(
        self,
        system: MidiSystem,
        *,
        thru: Thru | None,
        deliver: Deliver,
        guard: EchoGuard | None = None,
        connect: Sequence[str] = (AUTO,),
        virtual: bool = True,
        on_connected: Callable[[tuple[str, ...]], None] | None = None,
    ) -> None:
        self._system = system
        self._thru = thru
        self._deliver = deliver
        self._guard = guard
        self._connect = tuple(connect)
        self._on_connected = on_connected
        self._keyboards: dict[ListedPort, _Source] = {}  # the watch's thread only
        self._strangers: set[ListedPort] = set()  # the same: ports that others may connect to ours
        self._stranger_left = threading.Event()
        self._warned: set[str] = set()
        self._sources: tuple[_Source, ...] = ()  # replaced whole, by the inlet's thread only
        self._arriving: deque[_Source] = deque()
        self._leaving: deque[_Source] = deque()
        self._to_close: deque[_Source] = deque()
        self._stopping = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="antiphon-inlet", daemon=True)
        self._virtual: _Source | None = None
        if virtual:
            with suppress(NoVirtualPortsError):
                self._open_virtual()
        if self._connect:
            system.prepare_keyboard()

    @property
    def connected(self) -> tuple[str, ...]:
        """Names of the keyboards that are listened to."""
        return tuple(source.name for source in self._keyboards.values())

    def start(self) -> None:
        """Connect what is there and start the thread."""
        self.ports_changed(tuple(self._system.inputs()), ())
        self._thread.start()

    def stop(self) -> None:
        """End the thread, release the keys that are down, close the ports; safe to call twice.

        Call it after `PortWatch.stop`.
        """
        if self._stopped:
            return
        self._stopped = True
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._exchange()
        for source in self._sources:
            source.intake.release(time.monotonic())
            source.port.close()
        self._sources = ()
        self._close_removed()

    def ports_changed(
        self, inputs: tuple[ListedPort, ...], outputs: tuple[ListedPort, ...]
    ) -> None:
        """Connect what has come and drop what has gone; called by `PortWatch`."""
        del outputs
        self._close_removed()
        self._renew_virtual()
        before = set(self._keyboards)
        for port, source in list(self._keyboards.items()):
            if port not in inputs or source.port.gone:
                self._leaving.append(self._keyboards.pop(port))
                _log.info("the keyboard %s has gone; it is awaited", source.name)
        for port in self._wanted(inputs):
            if port not in self._keyboards:
                self._open(port)
        self._look_for_strangers(inputs)
        if set(self._keyboards) != before and self._on_connected is not None:
            self._on_connected(self.connected)

    def _look_for_strangers(self, inputs: tuple[ListedPort, ...]) -> None:
        """Have the virtual port's keys released where a port went that may have held them.

        No driver tells which ports others connected to ours. A key that is released too
        early where it was another port is a smaller harm than one that hangs.
        """
        if self._strangers.difference(inputs):
            self._stranger_left.set()
        self._strangers = {port for port in inputs if port not in self._keyboards}

    def _wanted(self, inputs: tuple[ListedPort, ...]) -> list[ListedPort]:
        """Return the ports to listen to, each once."""
        ports: dict[ListedPort, None] = {}
        for wanted in self._connect:
            if wanted in (AUTO, ALL):
                ports.update((p, None) for p in inputs if wanted == ALL or p.kind == "keys")
            elif (port := self._find(inputs, wanted)) is not None:
                ports[port] = None
        return list(ports)

    def _find(self, inputs: tuple[ListedPort, ...], wanted: str) -> ListedPort | None:
        """Return the port of this name, or None and a warning where there is none."""
        try:
            port = find_port(inputs, wanted)
        except AntiphonError as error:
            self._warn_once(wanted, str(error))
            return None
        if port is None:
            self._warn_once(wanted, f"The MIDI input {wanted!r} is not there yet; it is awaited.")
        else:
            self._warned.discard(wanted)
        return port

    def _open_virtual(self) -> None:
        self._virtual = self._source(VIRTUAL_INPUT, self._system.open_virtual_input())
        self._arriving.append(self._virtual)

    def _renew_virtual(self) -> None:
        """Open the virtual port again where the system that it was on has gone."""
        if self._virtual is None or not self._virtual.port.gone:
            return
        if self._virtual in self._sources:
            self._leaving.append(self._virtual)
        try:
            self._open_virtual()
        except AntiphonError as error:
            self._warn_once(VIRTUAL_INPUT, str(error))
        else:
            self._warned.discard(VIRTUAL_INPUT)

    def _open(self, port: ListedPort) -> None:
        try:
            source = self._source(port.name, self._system.open_input(port))
        except AntiphonError as error:
            self._warn_once(port.name, str(error))
            return
        self._warned.discard(port.name)
        self._keyboards[port] = source
        self._arriving.append(source)
        _log.info("listening to the keyboard %s", port.name)

    def _source(self, name: str, port: InputPort) -> _Source:
        return _Source(name, port, Intake(self._thru, self._deliver, self._guard, name))

    def _warn_once(self, about: str, sentence: str) -> None:
        if about not in self._warned:
            _log.warning("%s", sentence)
        self._warned.add(about)

    def _close_removed(self) -> None:
        while self._to_close:
            self._to_close.popleft().port.close()

    def _run(self) -> None:
        heard_at = time.monotonic()
        while not self._stopping.is_set():
            if self._arriving or self._leaving:
                self._exchange()
            if self._stranger_left.is_set():
                self._stranger_left.clear()
                self._release_virtual()
            heard = False
            for source in self._sources:
                heard = self._poll(source) or heard
            now = time.monotonic()
            if heard:
                heard_at = now
            time.sleep(BUSY_INTERVAL if now - heard_at < IDLE_AFTER else IDLE_INTERVAL)

    def _exchange(self) -> None:
        """Begin to poll new ports; release the notes of those that have gone."""
        while self._arriving:
            self._sources = (*self._sources, self._arriving.popleft())
        while self._leaving:
            gone = self._leaving.popleft()
            self._sources = tuple(source for source in self._sources if source is not gone)
            gone.intake.release(time.monotonic())
            self._to_close.append(gone)  # closing takes time: the watch's thread does it

    def _release_virtual(self) -> None:
        """Let up what is down on the virtual port, after what has come from it."""
        for source in self._sources:
            if source.name == VIRTUAL_INPUT:
                self._poll(source)
                source.intake.release(time.monotonic())

    def _poll(self, source: _Source) -> bool:
        for count in range(_MOST_AT_ONCE):
            message = source.port.receive()
            if message is None:
                return count > 0
            data, delta = message
            now = time.monotonic()
            source.intake.take(bytes(data), source.clock.stamp(delta, now), now)
        return True
