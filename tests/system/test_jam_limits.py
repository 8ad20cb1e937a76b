"""What a jam takes, and what it says when its ground is taken away."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from tests.system.jamming import JamProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.system

MOST_MIB = 150.0


@pytest.mark.usefixtures("jack")
def test_the_servers_shared_memory_is_not_counted_as_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_SYNTH__ENABLED", "off")
    with JamProcess(tmp_path, "--player", "none") as jam:
        jam.wait_until_ready()
        time.sleep(1.5)  # past the first look at the ports
        assert jam.end(signal.SIGTERM) == 0
        found = re.search(r"peak memory ([\d.]+) MiB", "".join(jam.said))

    assert found is not None
    assert float(found[1]) < MOST_MIB


def test_a_server_that_goes_is_told_of_in_sentences(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_jack: Callable[[], subprocess.Popen[bytes]],
    stop_jack: Callable[[subprocess.Popen[bytes]], None],
) -> None:
    monkeypatch.setenv("ANTIPHON_SYNTH__RENDER", "off")
    server = new_jack()
    with JamProcess(tmp_path, "--player", "none") as jam:
        jam.wait_until_ready()
        stop_jack(server)
        time.sleep(2.0)
        assert jam.end(signal.SIGTERM) == 0
        said = "".join(jam.said)

    assert "The JACK server has gone; it is awaited." in said
    assert "socket" not in said  # libjack's own words


def test_the_synthesizer_sounds_again_when_the_server_is_back(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_jack: Callable[[], subprocess.Popen[bytes]],
    stop_jack: Callable[[subprocess.Popen[bytes]], None],
) -> None:
    monkeypatch.setenv("ANTIPHON_SYNTH__RENDER", "off")

    def sounding() -> bool:
        listed = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False)
        return "Antiphon:left" in listed.stdout and "Antiphon Out" in listed.stdout

    server = new_jack()
    with JamProcess(tmp_path, "--player", "none") as jam:
        jam.wait_until_ready()
        assert sounding()
        stop_jack(server)
        time.sleep(2.0)
        new_jack()
        deadline = time.monotonic() + 8.0
        while not sounding() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert sounding()
        assert jam.end(signal.SIGTERM) == 0
