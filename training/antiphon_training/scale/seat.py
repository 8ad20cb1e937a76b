"""Where a process sits among those that train together; no training library is loaded here.

Taken from the options of a command, or else from the variables that
`keras.distribution.initialize` reads too:

KERAS_DISTRIBUTION_NUM_PROCESSES    how many processes there are
KERAS_DISTRIBUTION_PROCESS_ID       which of them this is, from 0
KERAS_DISTRIBUTION_JOB_ADDRESSES    where the first is met, HOST:PORT (more after a comma)
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from antiphon.errors import TrainingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROCESSES = "KERAS_DISTRIBUTION_NUM_PROCESSES"
PROCESS = "KERAS_DISTRIBUTION_PROCESS_ID"
COORDINATOR = "KERAS_DISTRIBUTION_JOB_ADDRESSES"


@dataclass(frozen=True, slots=True)
class Seat:
    """Which of how many processes this is.

    Attributes
    ----------
    processes : int
        How many train together.
    index : int
        Which of them this is, from 0.
    coordinator : str
        HOST:PORT where the first waits for the others; empty for one process.
    """

    processes: int = 1
    index: int = 0
    coordinator: str = ""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.index == 0

    def named(self, file: str) -> str:
        """Return a file's name that is this process's own."""
        return file if self.first else f"{self.index}-{file}"

    def __post_init__(self) -> None:
        """See that all of it goes together."""
        if self.processes < 1:
            raise UsageError(f"There must be at least 1 process, not {self.processes}.")
        if not 0 <= self.index < self.processes:
            raise UsageError(
                f"Of {self.processes} processes there is no number {self.index}; "
                f"they are counted from 0 to {self.processes - 1}."
            )
        if self.processes > 1:
            _, colon, port = self.coordinator.rpartition(":")
            if not (colon and port.isdecimal() and 0 < int(port) < 65536):
                raise UsageError(
                    f"{self.processes} processes need to know where they meet: give every one "
                    "the same --coordinator HOST:PORT, an address of the machine of process 0."
                )


def take_seat(
    processes: int | None,
    index: int | None,
    coordinator: str | None,
    environ: Mapping[str, str],
) -> Seat:
    """Return the seat of this process; what is not given is read from the environment.

    Raises
    ------
    UsageError
        The parts do not go together.
    """
    return Seat(
        _number(environ, PROCESSES, 1) if processes is None else processes,
        _number(environ, PROCESS, 0) if index is None else index,
        environ.get(COORDINATOR, "").partition(",")[0] if coordinator is None else coordinator,
    )


def check_own_address(seat: Seat) -> None:
    """See that other machines can find this one by what its own name stands for.

    Gloo, which adds up what processors have found, tells the others the address
    that the machine's name resolves to. Debian writes 127.0.1.1 there.

    Raises
    ------
    TrainingError
        They cannot.
    """
    host = seat.coordinator.rpartition(":")[0].strip("[]")
    if _stays_here(host):
        return  # all processes are on this machine
    name = socket.gethostname()
    if _stays_here(name):
        raise TrainingError(
            f"Other machines cannot find this one: its name, {name}, does not stand for its "
            f"address on the network; in /etc/hosts, write a line with that address and {name}, "
            "and no other line with this name."
        )


def _stays_here(host: str) -> bool:
    """Whether a name leads back to this machine alone, or nowhere."""
    try:
        return ip_address(socket.getaddrinfo(host, None)[0][4][0]).is_loopback
    except OSError:
        return True


def _number(environ: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environ.get(name, "")
    if not text:
        return otherwise
    if not text.isdecimal():
        raise UsageError(f"{name} must be a whole number, not {text!r}.")
    return int(text)
