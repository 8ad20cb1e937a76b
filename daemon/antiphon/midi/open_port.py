"""Open ports, as the rest of the room uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.errors import AntiphonError
from antiphon.midi.quiet import quiet_stderr

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.midi.jack_server import JackServer
    from antiphon.midi.rtmidi_api import RtMidiIn, RtMidiOut


class InputPort:
    """An open input, polled by one thread.

    Parameters
    ----------
    client : RtMidiIn
        The client whose port is open.
    server : JackServer, optional
        The server that the client is connected to.
    close : callable
        Closes the client's port; called once, and not if the server has gone.
    """

    def __init__(
        self, client: RtMidiIn, server: JackServer | None, close: Callable[[], None]
    ) -> None:
        self.receive = client.get_message  # bound once: it is called 2,000 times a second
        """Returns the next message and the seconds since the one before, or None."""
        self._server = server
        self._close: Callable[[], None] | None = close

    @property
    def gone(self) -> bool:
        """Whether the MIDI system has gone from under it."""
        return has_gone(self._server)

    def close(self) -> None:
        """Close the port: nothing is received any more; safe to call twice."""
        self.receive = _nothing
        close, self._close = self._close, None
        _close_quietly(close, self._server)


class OutputPort:
    """An open output; for the parameters see `InputPort`."""

    def __init__(
        self, client: RtMidiOut, server: JackServer | None, close: Callable[[], None]
    ) -> None:
        self._client = client
        self._server = server
        self._close: Callable[[], None] | None = close

    @property
    def gone(self) -> bool:
        """Whether the MIDI system has gone from under it."""
        return has_gone(self._server)

    def send(self, data: bytes) -> None:
        """Send one message; nothing is sent after `close`.

        Raises
        ------
        AntiphonError
            The JACK server has gone.
        Exception
            What the driver raises.
        """
        if self.gone:
            raise AntiphonError("The JACK server has gone.")
        if self._close is not None:
            self._client.send_message(data)

    def close(self) -> None:
        """Close the port once all that was sent has left; safe to call twice."""
        close, self._close = self._close, None
        _close_quietly(close, self._server)


def has_gone(server: JackServer | None) -> bool:
    """Tell whether the server has gone; never true without a server, as with ALSA."""
    return server is not None and server.gone()


def _close_quietly(close: Callable[[], None] | None, server: JackServer | None) -> None:
    if close is not None and not has_gone(server):
        if server is not None:
            server.settle()
        with quiet_stderr():
            close()


def _nothing() -> None:
    return None
