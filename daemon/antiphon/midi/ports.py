"""The MIDI system of this machine: its ports, listed and opened.

rtmidi is loaded when a `MidiSystem` is made. Listing and opening ports takes time, and
must not happen on the path of a note.
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Literal, TypeVar

from antiphon.errors import AntiphonError, NoMidiSystemError, NoVirtualPortsError
from antiphon.midi.jack_server import JackServer, free_jack_memory, hush_jack
from antiphon.midi.open_port import InputPort, OutputPort, has_gone
from antiphon.midi.port_names import (
    KEYBOARD_CLIENT,
    SEND_CLIENT,
    VIRTUAL_INPUT,
    VIRTUAL_OUTPUT,
    ListedPort,
    list_ports,
)
from antiphon.midi.quiet import quiet_stderr
from antiphon.midi.rtmidi_api import RtMidi, RtMidiClient, RtMidiIn, RtMidiOut, load_rtmidi

if TYPE_CHECKING:
    from collections.abc import Callable

Backend = Literal["auto", "alsa", "jack", "core", "winmm"]

_API_NAMES = {
    "alsa": "API_LINUX_ALSA",
    "jack": "API_UNIX_JACK",
    "core": "API_MACOSX_CORE",
    "winmm": "API_WINDOWS_MM",
}

_QUEUE_MESSAGES = 16_384
"""Messages that wait in the driver to be polled, at most: seconds of the densest stream."""

_T = TypeVar("_T", bound=RtMidiClient)
_R = TypeVar("_R")


class _RefusedError(AntiphonError):
    """The driver does not open a port."""


class MidiSystem:
    """The first MIDI system that works here: ALSA's sequencer, else JACK.

    One input client and one output client live as long as the system does: they list
    ports, and open the virtual ports. Other clients are reused, because making or
    deleting one on JACK stops every Python thread for up to 40 ms (measured), while
    opening or closing a port of it takes 4 ms.

    Parameters
    ----------
    backend : {"auto", "alsa", "jack", "core", "winmm"}
        Which system to use; "auto" takes the first that works (CoreMIDI on a Mac).
    rtmidi : RtMidi, optional
        The driver; python-rtmidi by default.

    Attributes
    ----------
    api : str
        The system that is used, by the same names.
    returns : int
        How often a server that had gone came back.

    Raises
    ------
    NoMidiSystemError
        None works; the sentence says what is missing. The libraries print nothing to
        stderr.
    """

    def __init__(self, backend: Backend = "auto", rtmidi: RtMidi | None = None) -> None:
        self._rtmidi = rtmidi if rtmidi is not None else _load()
        self._spare_inputs: list[RtMidiIn] = []
        self._spare_outputs: list[RtMidiOut] = []
        self._abandoned: list[RtMidiClient] = []  # clients of a server that has gone
        self._server: JackServer | None = None
        self._closed = False
        self.returns = 0
        for name in _candidates(self._rtmidi, backend):
            self.api = name
            if self._make_clients():
                return
        raise NoMidiSystemError(_absent(backend))

    def inputs(self) -> list[ListedPort]:
        """Return the ports that can be listened to, without Antiphon's own.

        After a JACK server has gone there are none until another one runs.
        """
        if has_gone(self._server) and not self._renew_clients():
            return []
        return list_ports(self._input.get_ports(), self.api)

    def outputs(self) -> list[ListedPort]:
        """Return the ports that can be sent to, without Antiphon's own."""
        if has_gone(self._server):
            return []
        return list_ports(self._output.get_ports(), self.api)

    def open_virtual_input(self) -> InputPort:
        """Open `Antiphon In`, for others to send to.

        Raises
        ------
        NoVirtualPortsError
            The system refuses, as Windows does.
        AntiphonError
            The JACK server has gone.
        """
        self._open_virtual(self._input, VIRTUAL_INPUT)
        return InputPort(self._input, self._server, self._input.close_port)

    def open_virtual_output(self) -> OutputPort:
        """Open `Antiphon Out`, for others to listen to; see `open_virtual_input`."""
        self._open_virtual(self._output, VIRTUAL_OUTPUT)
        return OutputPort(self._output, self._server, self._output.close_port)

    def prepare_keyboard(self) -> None:
        """Make a client in advance for the next keyboard, so that no note waits for it later."""
        if not self._spare_inputs:
            self._spare_inputs.append(self._guarded(KEYBOARD_CLIENT, self._make_keyboard))

    def open_input(self, port: ListedPort) -> InputPort:
        """Listen to another's port.

        Raises
        ------
        AntiphonError
            The port has gone, or cannot be opened.
        """
        self.prepare_keyboard()
        client = self._spare_inputs.pop()
        self._connect(client, port, self._spare_inputs)
        return InputPort(client, self._server, lambda: self._keep(client, self._spare_inputs))

    def open_output(self, port: ListedPort) -> OutputPort:
        """Send to another's port; see `open_input`."""
        if self._spare_outputs:
            client = self._spare_outputs.pop()
        else:
            client = self._guarded(SEND_CLIENT, lambda: self._make_output(SEND_CLIENT))
        self._connect(client, port, self._spare_outputs)
        return OutputPort(client, self._server, lambda: self._keep(client, self._spare_outputs))

    def close(self) -> None:
        """Delete every client, after their ports were closed; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        gone = has_gone(self._server)
        if self._server is not None:
            self._server.close()
        if not gone:  # deleting a client whose server has gone takes a second
            for client in (self._input, self._output, *self._spare_inputs, *self._spare_outputs):
                client.delete()

    def _make_clients(self) -> bool:
        """Make the two clients that list ports; return whether that worked."""
        try:
            with quiet_stderr():
                self._input = self._make_input(VIRTUAL_INPUT)
                self._output = self._make_output(VIRTUAL_OUTPUT)
        except self._rtmidi.RtMidiError:
            return False
        if self.api == "jack":
            hush_jack()
            self._server = JackServer()
            free_jack_memory()
        return True

    def _renew_clients(self) -> bool:
        """Make new clients on a new server; return whether there is one."""
        old = (self._input, self._output, *self._spare_inputs, *self._spare_outputs)
        server = self._server
        free_jack_memory()  # what is mapped of the old server, before the new one's comes
        if not self._make_clients():
            return False
        self.returns += 1
        self._abandoned += old  # not deleted, which would wait for the server that has gone
        self._spare_inputs.clear()
        self._spare_outputs.clear()
        if server is not None:
            server.close()
        return True

    def _open_virtual(self, client: RtMidiClient, name: str) -> None:
        """Open a port of our own; python-rtmidi raises one of its own errors on Windows."""
        try:
            self._guarded(name, lambda: client.open_virtual_port(name))
        except (_RefusedError, NotImplementedError) as error:
            raise NoVirtualPortsError(
                f"This MIDI system ({self.api}) lets Antiphon open no ports of its own."
            ) from error

    def _connect(self, client: _T, port: ListedPort, spares: list[_T]) -> None:
        """Connect to a port; the driver wants its number, which may change meanwhile."""
        try:
            numbers = [k for k, name in enumerate(client.get_ports()) if name == port.listed]
            if len(numbers) != port.among:
                raise AntiphonError(f"The MIDI port {port.name!r} has gone.")
            number = numbers[port.place]
            self._guarded(port.name, lambda: client.open_port(number, port.name))
        except AntiphonError:
            spares.append(client)
            raise

    def _keep(self, client: _T, spares: list[_T]) -> None:
        """Close a client's port, and put the client aside for the next port."""
        client.close_port()
        spares.append(client)

    def _guarded(self, name: str, act: Callable[[], _R]) -> _R:
        if has_gone(self._server):
            raise AntiphonError("The JACK server has gone; it is awaited.")
        try:
            with quiet_stderr():
                return act()
        except self._rtmidi.RtMidiError as error:
            raise _RefusedError(f"The MIDI port {name!r} cannot be opened ({error}).") from error

    def _make_keyboard(self) -> RtMidiIn:
        return self._make_input(KEYBOARD_CLIENT)

    def _make_input(self, name: str) -> RtMidiIn:
        api = getattr(self._rtmidi, _API_NAMES[self.api])
        client = self._rtmidi.MidiIn(api, name, _QUEUE_MESSAGES)
        # The driver drops nothing, because the time of a dropped message would be missing
        # from its deltas (see DriverClock). `Heard.parse` drops what is no event.
        client.ignore_types(False, False, False)
        return client

    def _make_output(self, name: str) -> RtMidiOut:
        return self._rtmidi.MidiOut(getattr(self._rtmidi, _API_NAMES[self.api]), name)


def _load() -> RtMidi:
    try:
        with quiet_stderr():
            return load_rtmidi()
    except ImportError as error:
        raise NoMidiSystemError(
            "There is no MIDI system here: python-rtmidi cannot be loaded; "
            "install libasound2 (ALSA) and python-rtmidi."
        ) from error


def _candidates(rtmidi: RtMidi, backend: Backend) -> list[str]:
    compiled = rtmidi.get_compiled_api()
    known = [name for name, api in _API_NAMES.items() if getattr(rtmidi, api) in compiled]
    return known if backend == "auto" else [name for name in known if name == backend]


def _absent(backend: Backend) -> str:
    if platform.system() != "Linux":
        return "There is no MIDI system here that works; check the system's MIDI settings."
    wanted = {
        "alsa": "ALSA's sequencer does not open (/dev/snd/seq)",
        "jack": "no JACK server answers",
    }.get(backend, "neither ALSA's sequencer (/dev/snd/seq) nor a JACK server answers")
    return f"There is no MIDI system here: {wanted}; load snd-seq, or start JACK."
