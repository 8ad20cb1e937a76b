"""Options of a training by several processes: their number, and the index of this one.

The options of the command say it, or else the variables that
`keras.distribution.initialize` reads too:

KERAS_DISTRIBUTION_NUM_PROCESSES    how many processes there are
KERAS_DISTRIBUTION_PROCESS_ID       which of them this is, from 0
KERAS_DISTRIBUTION_JOB_ADDRESSES    address of the first, HOST:PORT (more after a comma)

No training library is loaded here.
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
class ProcessOptions:
    """The number of processes, and the index of this one.

    Attributes
    ----------
    processes : int
        The number of processes that train together.
    index : int
        The index of this process, from 0.
    coordinator : str
        HOST:PORT at which the first waits for the others; empty for one process.
    """

    processes: int = 1
    index: int = 0
    coordinator: str = ""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes files and prints messages."""
        return self.index == 0

    def file_name(self, file: str) -> str:
        """Return the name of this process's own copy of a file."""
        return file if self.first else f"{self.index}-{file}"

    def __post_init__(self) -> None:
        """Refuse numbers and an address that contradict each other."""
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
                    f"{self.processes} processes need an address at which they meet: give each the "
                    "same --coordinator HOST:PORT, an address of the machine of process 0."
                )


def read_process_options(
    processes: int | None,
    index: int | None,
    coordinator: str | None,
    environ: Mapping[str, str],
) -> ProcessOptions:
    """Return the options of this process; None is read from the environment.

    Raises
    ------
    UsageError
        The values contradict each other.
    """
    return ProcessOptions(
        _number(environ, PROCESSES, 1) if processes is None else processes,
        _number(environ, PROCESS, 0) if index is None else index,
        environ.get(COORDINATOR, "").partition(",")[0] if coordinator is None else coordinator,
    )


def check_own_address(options: ProcessOptions) -> None:
    """Check that other machines can reach this one at the address of its own name.

    Gloo, which sums gradients between processors, sends the others the address that the
    machine's name resolves to. On Debian that is 127.0.1.1, which they cannot reach.

    Raises
    ------
    TrainingError
        The name resolves to this machine alone.
    """
    host = options.coordinator.rpartition(":")[0].strip("[]")
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
    """Return whether a name resolves to this machine alone, or not at all."""
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
