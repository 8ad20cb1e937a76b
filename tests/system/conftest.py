"""A real JACK server with no sound card behind it, and another program's client on it.

On a machine with ALSA's sequencer the client is one of that: see midi_api.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import rtmidi
from tests.system.midi_api import API, RTMIDI_API

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

PATIENT_FRAMES = 1024
"""Frames a period at which a busy machine loses nothing; use 64 to measure latency."""

PROMPT_FRAMES = 128
"""Frames a period of 2.7 ms: what is sent comes no later than the next one."""

_START_SECONDS = 20.0

_SETTLING_SECONDS = 0.1
"""libjack may crash when two ports of a process go within the same few periods: it walks
its list of ports without a lock (jack2's issue 216)."""


def _start_jack(name: str, frames: int) -> subprocess.Popen[bytes]:
    """Start a JACK server on the dummy driver; fail where there is no jackd."""
    jackd = shutil.which("jackd")
    if jackd is None:
        pytest.fail("jackd is missing: these tests need it (apt-get install jackd2)")
    # Without real-time scheduling a busy machine loses notes; only root may ask for it.
    priority = ["-R", "-P", "60"] if os.geteuid() == 0 else ["-r"]
    driver = ["-d", "dummy", "-r", "48000", "-p", str(frames)]
    server = subprocess.Popen(
        [jackd, "-n", name, *priority, *driver],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(name):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail("jackd does not start on the dummy driver")
        time.sleep(0.05)
    return server


def _stop_jack(server: subprocess.Popen[bytes]) -> None:
    """Stop a JACK server; by force only if it must be: that uses up one of JACK's 8 places."""
    server.terminate()
    try:
        server.wait(5.0)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _answers(name: str) -> bool:
    lsp = shutil.which("jack_lsp")
    if lsp is None:
        pytest.fail("jack_lsp is missing: these tests need it (apt-get install jack-tools jackd2)")
    return subprocess.run([lsp, "-s", name], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def jack_server() -> Iterator[str]:
    """Name of a JACK server of our own, running for the whole session."""
    name = f"antiphon-test-{os.getpid()}"
    server = _start_jack(name, PATIENT_FRAMES)
    yield name
    _stop_jack(server)


@pytest.fixture
def jack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make that server the one that this process and its children use; return its name."""
    if API != "jack":
        pytest.skip("it is about JACK")
    server: str = request.getfixturevalue("jack_server")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", server)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    return server


@pytest.fixture
def midi(request: pytest.FixtureRequest) -> str:
    """Make the MIDI system ready that these tests run on; return Antiphon's name of it."""
    if API == "jack":
        request.getfixturevalue("jack")
    return API


@pytest.fixture
def no_midi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no MIDI system for this process and its children."""
    if API != "jack":
        pytest.skip("ALSA's sequencer is part of this machine")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no-such-server")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")


def panic_on(channel: int) -> list[bytes]:
    """Return what silences a channel: pedal up, all notes off, all sound off."""
    return [bytes((0xB0 | channel, control, 0)) for control in (64, 123, 120)]


class MidiClient:
    """A program of another kind: real ports that know nothing of Antiphon.

    Parameters
    ----------
    name : str
        Client name of the output; the input's is "NAME listener".
    """

    def __init__(self, name: str = "tester") -> None:
        self.out = rtmidi.MidiOut(RTMIDI_API, name=name)
        self.into = rtmidi.MidiIn(RTMIDI_API, name=f"{name} listener", queue_size_limit=16384)
        self.received: list[bytes] = []

    def __enter__(self) -> MidiClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for client in (self.out, self.into):
            if API == "jack":
                time.sleep(_SETTLING_SECONDS)
            client.close_port()
        for client in (self.out, self.into):
            client.delete()

    def connect(self, *, to: str | None = None, source: str | None = None) -> None:
        """Connect our output to the port whose name holds `to`, our input to `source`."""
        for client, wanted in ((self.out, to), (self.into, source)):
            if wanted is not None:
                names = client.get_ports()
                client.open_port(next(k for k, name in enumerate(names) if wanted in name))

    def send(self, *data: int) -> None:
        """Send one message."""
        self.out.send_message(data)

    def listen(
        self, seconds: float, until: int | None = None, *, panics: bool = False
    ) -> list[bytes]:
        """Return what arrives within these seconds, or until so many messages are there.

        A channel's panic, which comes before its first note, is left out without `panics`.
        """
        deadline = time.monotonic() + seconds
        panic: list[bytes] = []
        while time.monotonic() < deadline and (until is None or len(self.received) < until):
            message = self.into.get_message()
            if message is None:
                time.sleep(0.001)
                continue
            data = bytes(message[0])
            if not panics and data == panic_on(data[0] & 0x0F)[len(panic)]:
                panic = [*panic, data] if len(panic) < 2 else []
                continue
            self.received += [*panic, data]
            panic = []
        self.received += panic
        received, self.received = self.received, []
        return received


@pytest.fixture
def new_jack(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.Popen[bytes]]:
    """Start a server of this test's own, always by the same name, with so many frames a period."""
    if API != "jack":
        pytest.skip("it is about JACK")
    name = f"antiphon-own-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")

    def start(frames: int = PATIENT_FRAMES) -> subprocess.Popen[bytes]:
        server = _start_jack(name, frames)
        request.addfinalizer(lambda: _stop_jack(server))
        return server

    return start


@pytest.fixture
def prompt_midi(request: pytest.FixtureRequest) -> str:
    """Make a MIDI system ready that is late by a few milliseconds at most; return its name."""
    if API == "jack":
        request.getfixturevalue("new_jack")(PROMPT_FRAMES)
    return API


@pytest.fixture
def stop_jack() -> Callable[[subprocess.Popen[bytes]], None]:
    """Stop a server in the midst of a test."""
    return _stop_jack


@pytest.fixture
def new_client() -> type[MidiClient]:
    """The class of clients, on the server of the test; use them in a `with`."""
    return MidiClient
