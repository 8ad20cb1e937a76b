"""FluidSynth on ALSA's sound cards, recorded at the other end of a loop: snd-aloop."""

from __future__ import annotations

import signal
import subprocess
import time
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from tests.system.jamming import JamProcess

pytestmark = pytest.mark.system

RATE = 48_000


class Recording:
    """`arecord` at the loop's other end, until it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = subprocess.Popen(
            ["arecord", "-q", "-D", "plughw:CARD=Loopback,DEV=1", "-f", "S16_LE",
             "-r", str(RATE), "-c", "2", str(path)],
            stderr=subprocess.PIPE,
        )  # fmt: skip

    def end(self) -> NDArray[np.int16]:
        """Return the samples, left and right in turn."""
        self._process.send_signal(signal.SIGINT)
        _, errors = self._process.communicate(timeout=10)
        assert self._path.exists(), errors
        with wave.open(str(self._path)) as file:
            return np.frombuffer(file.readframes(1 << 28), dtype=np.int16)


def peak_db(samples: NDArray[np.int16]) -> float:
    return float(20 * np.log10(max(int(np.abs(samples.astype(int)).max()), 1) / 32_768))


def test_the_bundled_performance_is_recorded_and_loud_enough(
    load: Callable[..., None], start_jam: Callable[..., JamProcess], tmp_path: Path
) -> None:
    load("snd-aloop", "index=0")
    jam = start_jam()
    assert "on the sound card Loopback" in "".join(jam.said)
    recording = Recording(tmp_path / "loop.wav")
    time.sleep(25.0)
    samples = recording.end()
    assert jam.end(signal.SIGTERM) == 0
    print(f"peak {peak_db(samples):.1f} dBFS in {len(samples) / 2 / RATE:.1f} s")  # noqa: T201
    assert len(samples) > 2 * 20 * RATE
    assert -20.0 < peak_db(samples) < -3.0
    sounding = np.abs(samples.astype(int)).reshape(-1, 2).max(axis=1) > 100
    assert sounding.mean() > 0.2


def test_the_card_that_plays_need_not_be_the_first(
    load: Callable[..., None], start_jam: Callable[..., JamProcess], tmp_path: Path
) -> None:
    load("snd-virmidi", "index=0")  # card 0 has no playback
    load("snd-aloop", "index=1")
    jam = start_jam()
    assert "on the sound card Loopback" in "".join(jam.said), "".join(jam.said)
    recording = Recording(tmp_path / "loop.wav")
    time.sleep(15.0)
    samples = recording.end()
    assert jam.end(signal.SIGTERM) == 0
    assert -24.0 < peak_db(samples) < -3.0


def test_a_card_is_named(
    load: Callable[..., None],
    start_jam: Callable[..., JamProcess],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load("snd-aloop", "index=0", "id=First")
    monkeypatch.setenv("ANTIPHON_SYNTH__DEVICE", "first")
    jam = start_jam("--player", "none")
    assert "on the sound card Loopback [First]" in "".join(jam.said), "".join(jam.said)
    assert jam.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("device", ["auto", "kazoo"])
def test_without_a_card_that_plays_one_sentence_and_the_jam_goes_on(
    start_jam: Callable[..., JamProcess],
    load: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    device: str,
) -> None:
    load("snd-virmidi", "index=0")
    monkeypatch.setenv("ANTIPHON_SYNTH__DEVICE", device)
    monkeypatch.setenv("ANTIPHON_SYNTH__RENDER", "off")
    jam = start_jam("--player", "none")
    wanted = {"auto": "No audio device answers", "kazoo": "'kazoo' does not answer; no sound card"}
    said = "".join(jam.said)
    assert said.count(wanted[device]) == 1, said
    assert "ALSA lib" not in said  # the library's own words
    assert jam.end(signal.SIGTERM) == 0
