"""Look once a second for ports that come and go."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from antiphon.midi.port_names import ListedPort

if TYPE_CHECKING:
    from antiphon.midi.ports import MidiSystem

_log = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two looks; a look takes 0.05 ms (measured on JACK)."""

PortsChanged = Callable[[tuple[ListedPort, ...], tuple[ListedPort, ...]], None]
"""Gets (inputs, outputs) on the watch's thread, and may take its time."""


class PortWatch:
    """Looks at the port lists once a second, on a thread of its own.

    rtmidi does not notice an unplugged device. The watch calls its listeners at every
    look, even if nothing changed, so that they retry what failed a second ago; a listener
    must cost nothing when nothing changed.

    Parameters
    ----------
    system : MidiSystem
        Whose ports to watch.
    listeners : iterable of PortsChanged
        Usually `Inlet.ports_changed` and `PortOutlet.ports_changed`.
    """

    def __init__(self, system: MidiSystem, *listeners: PortsChanged) -> None:
        self._system = system
        self._listeners = listeners
        self._stopping = threading.Event()
        self._warned = False
        self._thread = threading.Thread(target=self._run, name="antiphon-ports", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; safe to call twice."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def look(self) -> None:
        """Look once, on the caller's thread."""
        try:
            inputs, outputs = tuple(self._system.inputs()), tuple(self._system.outputs())
            for listener in self._listeners:
                listener(inputs, outputs)
            self._warned = False
        except Exception:  # noqa: BLE001 - the ports may be back at the next look
            if not self._warned:
                _log.warning("the MIDI ports could not be looked at", exc_info=True)
            self._warned = True

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL):
            self.look()
