"""The part of python-rtmidi that Antiphon uses, with types.

python-rtmidi has no type information; the rest of the room uses it through
these protocols only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Sequence


class RtMidiClient(Protocol):
    """What inputs and outputs share."""

    def get_ports(self) -> list[str]:
        """Return the names of the ports that it could open."""

    def open_port(self, port: int, name: str) -> object:
        """Connect to a port by its place in `get_ports`; `name` is our end's."""

    def open_virtual_port(self, name: str) -> object:
        """Open a port that others can connect to."""

    def close_port(self) -> None:
        """Close the port that is open, if one is."""

    def delete(self) -> None:
        """Delete the client; it cannot be used any more."""


class RtMidiIn(RtMidiClient, Protocol):
    """`rtmidi.MidiIn`, polled."""

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message and the seconds since the one before, or None."""

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None:
        """Choose what the driver drops."""


class RtMidiOut(RtMidiClient, Protocol):
    """`rtmidi.MidiOut`."""

    def send_message(self, message: bytes | Sequence[int]) -> None:
        """Send one message."""


class RtMidi(Protocol):
    """The module itself."""

    RtMidiError: type[Exception]
    API_LINUX_ALSA: int
    API_UNIX_JACK: int
    API_MACOSX_CORE: int
    API_WINDOWS_MM: int

    def get_compiled_api(self) -> list[int]:
        """Return the systems that this build can speak to."""

    def MidiIn(self, api: int, name: str, queue_size_limit: int) -> RtMidiIn:  # noqa: N802
        """Make an input client."""

    def MidiOut(self, api: int, name: str) -> RtMidiOut:  # noqa: N802
        """Make an output client."""


def load_rtmidi() -> RtMidi:
    """Import python-rtmidi.

    Raises
    ------
    ImportError
        It is not installed, or libasound is missing.
    """
    import rtmidi

    return cast(RtMidi, rtmidi)
