"""A machine with ALSA's sequencer and sound cards that are modules of the kernel.

These tests load and unload modules, and run on the emulated machine alone:
`scripts/try-alsa` starts them there.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from tests.system.conftest import MidiClient
from tests.system.jamming import JamProcess
from tests.system.midi_api import API

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

collect_ignore_glob = [] if API == "alsa" else ["test_*.py"]


def modprobe(*options: str) -> None:
    """Load or unload modules of the kernel, and wait until their devices are there."""
    subprocess.run(["modprobe", *options], check=True)
    subprocess.run(["udevadm", "settle"], check=True)


@pytest.fixture
def load(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Load a module with its options; it is unloaded after the test."""

    def load(module: str, *options: str) -> None:
        modprobe(module, *options)
        request.addfinalizer(lambda: modprobe("-r", module))

    return load


@pytest.fixture
def start_jam(tmp_path: Path) -> Iterator[Callable[..., JamProcess]]:
    """Start a jam with options; what still runs is ended by force after the test."""
    running: list[JamProcess] = []

    def start(*options: str) -> JamProcess:
        jam = JamProcess(tmp_path / "sessions", *options)
        running.append(jam)
        jam.wait_until_ready()
        return jam

    yield start
    for jam in running:
        jam.__exit__()


@pytest.fixture
def listener() -> Iterator[MidiClient]:
    """A client that can send to Antiphon and hear it, once it is connected."""
    with MidiClient("tester") as client:
        yield client


@pytest.fixture
def said() -> Callable[..., bool]:
    """Wait until a jam has said a text; return whether it did."""

    def said(jam: JamProcess, text: str, seconds: float = 15.0, after: int = 0) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if text in "".join(jam.said[after:]):
                return True
            time.sleep(0.05)
        return False

    return said
