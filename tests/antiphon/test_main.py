"""The first instants of the command, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

# The real command line is replaced by one that is hit by a signal as it loads.
INTERRUPTED = """
import os, sys, types
sys.argv = ["antiphon", "-v", {command!r}]
loading = types.ModuleType("antiphon.cli.main")
loading.main = lambda: os.kill(os.getpid(), {number})
sys.modules["antiphon.cli.main"] = loading
from antiphon.__main__ import main
main()
"""


def ends_with(command: str, number: int) -> subprocess.CompletedProcess[bytes]:
    source = INTERRUPTED.format(command=command, number=int(number))
    return subprocess.run([sys.executable, "-c", source], capture_output=True, check=False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_jam_that_is_ended_while_it_loads_ends_well(number: int) -> None:
    ended = ends_with("jam", number)

    assert ended.returncode == 0
    assert ended.stderr == b""


def test_another_command_dies_of_a_signal_as_any_program() -> None:
    assert ends_with("compose", signal.SIGTERM).returncode == -signal.SIGTERM


def test_a_stream_that_was_closed_is_no_file_of_ours() -> None:
    source = (
        "import sys, os; sys.argv = ['antiphon', '--version']\n"
        "from antiphon.__main__ import main\n"
        "try: main()\n"
        "finally: os._exit(0 if os.open('/', os.O_RDONLY) > 2 else 9)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", source],
        check=False,
        preexec_fn=lambda: os.closerange(0, 3),
    )
    assert ended.returncode == 0
