"""A MIDI system of cables between programs, in simulated time.

It stands where python-rtmidi stands (see `antiphon.midi.rtmidi_api`), with the
names of ports and the time in the test's hands. tests/system does the same on
real ports; here are the systems and the seconds that no test machine has.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class RefusedError(Exception):
    """What python-rtmidi raises where it cannot."""


@dataclass
class Cables:
    """The module and its server: virtual ports, cables between them, and devices.

    Attributes
    ----------
    now : float
        The simulated time, in seconds.
    delay : float
        Seconds that a message takes through a cable.
    devices : list of str
        Names of the ports of devices, inputs and outputs alike, in the driver's order.
    sent : list of (float, bytes)
        Every message that any client sent, with its time.
    opened : list of int
        Places in `devices` of the ports that are open.
    inputs, outputs : list of CableEnd
        The virtual ports, in the order in which they were opened.
    """

    now: float = 0.0
    delay: float = 0.01
    devices: list[str] = field(default_factory=list)
    sent: list[tuple[float, bytes]] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    inputs: list[CableEnd] = field(default_factory=list)
    outputs: list[CableEnd] = field(default_factory=list)

    RtMidiError = RefusedError
    API_LINUX_ALSA, API_UNIX_JACK, API_MACOSX_CORE, API_WINDOWS_MM = range(4)

    def clock(self) -> float:
        """Return the simulated time."""
        return self.now

    def get_compiled_api(self) -> list[int]:
        """Return CoreMIDI alone: it lists one name twice."""
        return [self.API_MACOSX_CORE]

    def MidiIn(self, api: int, name: str, queue_size_limit: int) -> CableEnd:  # noqa: N802
        """Make an input client."""
        del api, name, queue_size_limit
        return CableEnd(self, self.inputs)

    def MidiOut(self, api: int, name: str) -> CableEnd:  # noqa: N802
        """Make an output client."""
        del api, name
        return CableEnd(self, self.outputs)


@dataclass(eq=False)
class CableEnd:
    """A client, input or output."""

    system: Cables
    virtual: list[CableEnd]
    to: list[CableEnd] = field(default_factory=list)
    coming: list[tuple[float, bytes]] = field(default_factory=list)
    device: int | None = None

    def get_ports(self) -> list[str]:
        return list(self.system.devices)

    def open_port(self, port: int, name: str) -> None:
        del name
        self.device = port
        self.system.opened.append(port)

    def open_virtual_port(self, name: str) -> None:
        del name
        self.virtual.append(self)

    def close_port(self) -> None:
        if self.device is not None:
            self.system.opened.remove(self.device)
        self.device = None

    def delete(self) -> None: ...

    def ignore_types(self, sysex: bool, timing: bool, active_sense: bool) -> None: ...

    def send_message(self, message: bytes) -> None:
        """Send to all that are connected."""
        self.system.sent.append((self.system.now, bytes(message)))
        for end in self.to:
            end.coming.append((self.system.now + self.system.delay, bytes(message)))

    def get_message(self) -> tuple[list[int], float] | None:
        """Return the next message that has arrived."""
        if self.coming and self.coming[0][0] <= self.system.now:
            return list(self.coming.pop(0)[1]), 0.0
        return None
