"""What the benchmarks on real ports stand on: a JACK server, a jam, a player.

Nothing here is part of Antiphon: the player is a client of python-rtmidi with
ports of its own. Times are seconds of `time.monotonic()`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import rtmidi

from antiphon.bench import READY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

START_SECONDS = 20.0
POLL_INTERVAL = 0.0001
"""Seconds between looks of the player's; what it adds is in every figure alike."""

JACK = rtmidi.API_UNIX_JACK


@contextmanager
def jack_server(frames: int) -> Iterator[None]:
    """Run a JACK server without a sound card, as the one that all children use.

    Real-time scheduling needs root; without it figures are those of a machine
    that nobody set up for music.
    """
    jackd, lsp = shutil.which("jackd"), shutil.which("jack_lsp")
    if jackd is None or lsp is None:
        sys.exit("jackd and jack_lsp are needed: apt install jackd2 jack-tools")
    name = f"antiphon-bench-{os.getpid()}"
    priority = ["-R", "-P", "60"] if os.geteuid() == 0 else ["-r"]
    driver = ["-d", "dummy", "-r", "48000", "-p", str(frames)]
    os.environ.update(JACK_DEFAULT_SERVER=name, JACK_NO_START_SERVER="1")
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(
        [jackd, "-n", name, *priority, *driver], stdin=nowhere, stdout=nowhere, stderr=nowhere
    ) as server:
        try:
            deadline = time.monotonic() + START_SECONDS
            while subprocess.run([lsp, "-s", name], capture_output=True, check=False).returncode:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit("jackd does not start on the dummy driver")
                time.sleep(0.05)
            yield
        finally:
            server.terminate()


@contextmanager
def jam(*options: str, synth: bool = False) -> Iterator[None]:
    """Run `antiphon jam --player none` with further options, until it is left."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "antiphon", "-v", "jam", "--player", "none"]
        environment = {**os.environ, "ANTIPHON_SYNTH__ENABLED": "auto" if synth else "off"}
        with subprocess.Popen(
            [*command, "--sessions", folder, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**environment, "ANTIPHON_SYNTH__RENDER": "off"},
        ) as process:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if READY in line:
                    break
            else:
                sys.exit("The jam does not start:\n" + "".join(said))
            drain = threading.Thread(target=process.stderr.read, daemon=True)
            drain.start()
            try:
                yield
            finally:
                process.terminate()
                process.wait(10.0)


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep so many processors at work with programs that only count."""
    spin = [sys.executable, "-c", "while True: pass"]
    spinning = [subprocess.Popen(spin) for _ in range(processes)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


class Player:
    """Another program's ports: one that sends, one that listens.

    Parameters
    ----------
    name : str
        Of the sending client; the listening one is "NAME ear".
    """

    def __init__(self, name: str) -> None:
        self._out = rtmidi.MidiOut(JACK, name=name)
        self._ear = rtmidi.MidiIn(JACK, name=f"{name} ear", queue_size_limit=16384)

    def connect(self, to: str, source: str) -> None:
        """Send to the port whose name holds `to`, and hear the one that holds `source`."""
        for client, wanted in ((self._out, to), (self._ear, source)):
            names = client.get_ports()
            client.open_port(next(k for k, name in enumerate(names) if wanted in name), wanted)

    def loop(self) -> None:
        """Hear what we send ourselves, with nobody between."""
        self._ear.open_virtual_port("loop")
        names = self._out.get_ports()
        self._out.open_port(next(k for k, n in enumerate(names) if n.endswith("ear:loop")), "to")

    def send(self, *data: int) -> float:
        """Send one message; return when."""
        now = time.monotonic()
        self._out.send_message(data)
        return now

    def hear(self, until: float) -> tuple[float, list[int]] | None:
        """Return the next message and when it was there, or None after `until`."""
        while (now := time.monotonic()) < until:
            message = self._ear.get_message()
            if message is not None:
                return now, message[0]
            time.sleep(POLL_INTERVAL)
        return None

    def forget(self, seconds: float) -> None:
        """Let everything that comes within these seconds pass."""
        until = time.monotonic() + seconds
        while self.hear(until) is not None:
            pass

    def close(self) -> None:
        """Let both clients go."""
        for client in (self._out, self._ear):
            client.close_port()
            client.delete()


def spread_ms(seconds: Iterable[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the largest, in milliseconds."""
    values = 1e3 * np.array([*seconds])
    p50, p99 = np.percentile(values, [50, 99])
    return {
        "p50_ms": round(float(p50), 3),
        "p99_ms": round(float(p99), 3),
        "max_ms": round(float(values.max()), 3),
    }
