"""Ports that are open: what the rest of the room may do with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from antiphon.errors import AntiphonError
from antiphon.midi.quiet import quiet_stderr

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.midi.jack_server import JackServer
    from antiphon.midi.rtmidi_api import RtMidiIn, RtMidiOut


class InputPort(Protocol):
    """An open input, polled by one thread."""

    @property
    def gone(self) -> bool:
        """Whether the MIDI system has gone from under it."""

    def receive(self) -> tuple[list[int], float] | None:
        """Return the next message and the seconds since the one before, or None."""

    def close(self) -> None:
        """Close the port; safe to call twice."""


class OutputPort(Protocol):
    """An open output."""

    @property
    def gone(self) -> bool:
        """Whether the MIDI system has gone from under it."""

    def send(self, data: bytes) -> None:
        """Send one message; raises what the driver raises."""

    def close(self) -> None:
        """Close the port once all that was sent has left; safe to call twice."""


class _Port:
    """What both kinds of port share: the server under them, and their end."""

    def __init__(self, server: JackServer | None, let_go: Callable[[], None]) -> None:
        self._server = server
        self._let_go: Callable[[], None] | None = let_go

    @property
    def gone(self) -> bool:
        return has_gone(self._server)

    def close(self) -> None:
        let_go, self._let_go = self._let_go, None
        if let_go is not None and not self.gone:
            with quiet_stderr():
                let_go()


class PolledInput(_Port):
    """An `InputPort` of an rtmidi client; `let_go` closes the client's port."""

    def __init__(
        self, client: RtMidiIn, server: JackServer | None, let_go: Callable[[], None]
    ) -> None:
        super().__init__(server, let_go)
        self.receive = client.get_message  # bound once: it is called 2,000 times a second

    def close(self) -> None:
        """Close the port; nothing is received any more."""
        self.receive = _nothing
        super().close()


class RtMidiOutput(_Port):
    """An `OutputPort` of an rtmidi client; `let_go` closes the client's port."""

    def __init__(
        self, client: RtMidiOut, server: JackServer | None, let_go: Callable[[], None]
    ) -> None:
        super().__init__(server, let_go)
        self._client = client

    def send(self, data: bytes) -> None:
        """Send one message; raises where the driver does, or the server has gone."""
        if self.gone:
            raise AntiphonError("The JACK server has gone.")
        if self._let_go is not None:
            self._client.send_message(data)


def _nothing() -> None:
    return None


def has_gone(server: JackServer | None) -> bool:
    """Tell whether the server has gone; without one (ALSA) nothing goes."""
    return server is not None and server.gone()
