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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError
from antiphon.midi.driver_clock import DriverClock
from antiphon.midi.intake import Deliver, Intake, Thru
from antiphon.midi.ports import VIRTUAL_INPUT, InputPort, MidiSystem, find_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from antiphon.midi.echo import EchoGuard

_log = logging.getLogger(__name__)

AUTO = "auto"
"""As a name to connect: every hardware keyboard that is there."""

BUSY_INTERVAL = 0.0005
IDLE_INTERVAL = 0.0019
"""Seconds between polls while somebody plays, and while nobody does."""

IDLE_AFTER = 2.0
"""Seconds without a message after which nobody plays."""

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
        Ports to listen to: names (exact, or a unique part), or `AUTO`. They may
        come and go at any time.
    virtual : bool
        Whether to open the virtual port.
    on_connected : callable, optional
        Told the names of the keyboards when they change, on the thread that
        changed them.

    Raises
    ------
    AntiphonError
        The virtual port cannot be opened.
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
        self._keyboards: dict[str, _Source] = {}  # the watch's thread only
        self._complained: set[str] = set()
        self._sources: tuple[_Source, ...] = ()  # replaced whole, by the inlet's thread only
        self._arriving: deque[_Source] = deque()
        self._leaving: deque[_Source] = deque()
        self._left: deque[_Source] = deque()
        self._stopping = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="antiphon-inlet", daemon=True)
        self._virtual: _Source | None = None
        if virtual:
            self._open_virtual()
        if self._connect:
            system.prepare_keyboard()

    @property
    def connected(self) -> tuple[str, ...]:
        """Names of the keyboards that are listened to."""
        return tuple(self._keyboards)

    def start(self) -> None:
        """Connect what is there and start the thread."""
        self.ports_changed(tuple(self._system.inputs()), ())
        self._thread.start()

    def stop(self) -> None:
        """End the thread, release what keys hold, close the ports; safe to call twice.

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
        self._close_left()

    def ports_changed(self, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> None:
        """Connect what has come and drop what has gone; called by `PortWatch`."""
        del outputs
        self._close_left()
        self._renew_virtual()
        wanted = self._wanted(inputs)
        before = self.connected
        for name in [
            name
            for name, source in self._keyboards.items()
            if name not in inputs or source.port.gone
        ]:
            self._leaving.append(self._keyboards.pop(name))
            _log.info("the keyboard %s has gone; it is awaited", name)
        for name in wanted:
            if name not in self._keyboards:
                self._open(name)
        if self.connected != before and self._on_connected is not None:
            self._on_connected(self.connected)

    def _wanted(self, inputs: tuple[str, ...]) -> list[str]:
        names: dict[str, None] = {}
        for wish in self._connect:
            if wish == AUTO:
                names.update(dict.fromkeys(n for n in inputs if self._system.is_keyboard(n)))
                continue
            try:
                name = find_port(inputs, wish)
            except AntiphonError as error:
                self._complain(wish, str(error))
                continue
            if name is None:
                self._complain(wish, f"The MIDI input {wish!r} is not there yet; it is awaited.")
            else:
                self._complained.discard(wish)
                names[name] = None
        return list(names)

    def _open_virtual(self) -> None:
        self._virtual = self._source(VIRTUAL_INPUT, self._system.open_virtual_input())
        self._arriving.append(self._virtual)

    def _renew_virtual(self) -> None:
        """Open our own port anew where the system that it was on has gone."""
        if self._virtual is None or not self._virtual.port.gone:
            return
        if self._virtual in self._sources:
            self._leaving.append(self._virtual)
        try:
            self._open_virtual()
        except AntiphonError as error:
            self._complain(VIRTUAL_INPUT, str(error))
        else:
            self._complained.discard(VIRTUAL_INPUT)

    def _open(self, name: str) -> None:
        try:
            source = self._source(name, self._system.open_input(name))
        except AntiphonError as error:
            self._complain(name, str(error))
            return
        self._complained.discard(name)
        self._keyboards[name] = source
        self._arriving.append(source)
        _log.info("listening to the keyboard %s", name)

    def _source(self, name: str, port: InputPort) -> _Source:
        return _Source(name, port, Intake(self._thru, self._deliver, self._guard, name))

    def _complain(self, about: str, sentence: str) -> None:
        if about not in self._complained:
            _log.warning("%s", sentence)
        self._complained.add(about)

    def _close_left(self) -> None:
        while self._left:
            self._left.popleft().port.close()

    def _run(self) -> None:
        heard_at = time.monotonic()
        while not self._stopping.is_set():
            if self._arriving or self._leaving:
                self._exchange()
            heard = False
            for source in self._sources:
                heard = self._poll(source) or heard
            now = time.monotonic()
            if heard:
                heard_at = now
            time.sleep(BUSY_INTERVAL if now - heard_at < IDLE_AFTER else IDLE_INTERVAL)

    def _exchange(self) -> None:
        """Take arrived ports in, let those that went release their notes."""
        while self._arriving:
            self._sources = (*self._sources, self._arriving.popleft())
        while self._leaving:
            gone = self._leaving.popleft()
            self._sources = tuple(source for source in self._sources if source is not gone)
            gone.intake.release(time.monotonic())
            self._left.append(gone)  # the watch closes it: that may take its time

    def _poll(self, source: _Source) -> bool:
        for count in range(_MOST_AT_ONCE):
            message = source.port.receive()
            if message is None:
                return count > 0
            data, delta = message
            now = time.monotonic()
            source.intake.take(bytes(data), source.clock.stamp(delta, now), now)
        return True
