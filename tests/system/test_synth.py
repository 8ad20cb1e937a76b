"""FluidSynth playing in real time, into a file and into JACK."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.music.files.reading import Part, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.synth import FluidSynthOutlet, find_soundfont

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system


def test_what_is_sent_sounds_until_it_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # FluidSynth's driver "file" plays in real time into fluidsynth.wav.
    monkeypatch.chdir(tmp_path)
    outlet = FluidSynthOutlet(find_soundfont(None), driver="file")
    outlet.send(b"\xc0\x30")
    assert outlet.driver == "file"
    outlet.send(b"\xb0\x40\x7f")
    outlet.send(b"\x90\x3c\x64")
    time.sleep(0.6)
    outlet.release_all()
    time.sleep(2.5)
    outlet.close()
    outlet.close()
    outlet.send(b"\x90\x3c\x64")
    with wave.open("fluidsynth.wav") as file:
        frames = np.frombuffer(file.readframes(1 << 24), dtype=np.int16).astype(float)
        rate = 2 * file.getframerate()
    sounding = frames[int(0.2 * rate) : int(0.5 * rate)]
    assert np.sqrt(np.mean(sounding**2)) > 100
    assert np.sqrt(np.mean(frames[-rate // 4 :] ** 2)) < 20
    assert capfd.readouterr() == ("", "")


def test_sending_takes_microseconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outlet = FluidSynthOutlet(find_soundfont(None), driver="file")
    times = []
    for index in range(400):
        data = bytes([0x90 if index % 2 == 0 else 0x80, 40 + index // 2 % 40, 64])
        before = time.perf_counter()
        outlet.send(data)
        times.append(time.perf_counter() - before)
        time.sleep(0.001)
    outlet.close()
    assert sorted(times)[len(times) // 2] < 0.001


def test_jack_is_used_where_it_runs(jack: str, capfd: pytest.CaptureFixture[str]) -> None:
    outlet = FluidSynthOutlet(find_soundfont(None), driver="jack")
    assert outlet.place == "through JACK"
    ports = subprocess.run(
        ["jack_lsp", "-s", jack, "-c"], capture_output=True, text=True, check=True
    ).stdout
    outlet.send(b"\x90\x3c\x64")
    outlet.close()
    assert "Antiphon:left" in ports
    assert "   system:playback_1" in ports
    assert capfd.readouterr() == ("", "")


REOPEN = r"""
import json, signal, subprocess, sys, threading, time
from antiphon.synth import FluidSynthOutlet, find_soundfont

NAME = sys.argv[1]
COMMAND = ["jackd", "-n", NAME, "-r", "-d", "dummy", "-r", "48000", "-p", "1024"]


def start():
    server = subprocess.Popen(COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    while subprocess.run(["jack_lsp", "-s", NAME], capture_output=True).returncode:
        time.sleep(0.05)
    return server


server = start()
outlet = FluidSynthOutlet(find_soundfont(None), "jack")
server.terminate()
server.wait()
server = start()
server.send_signal(signal.SIGSTOP)  # whoever connects to it now waits
opening = threading.Thread(target=outlet.reopen)
opening.start()
time.sleep(0.5)
before = time.monotonic()
outlet.send(b"\x90\x3c\x64")
took, waits = time.monotonic() - before, opening.is_alive()
server.send_signal(signal.SIGCONT)
opening.join(20.0)
ports = subprocess.run(["jack_lsp", "-s", NAME], capture_output=True, text=True).stdout
print(json.dumps({"took": took, "waits": waits, "opened": not opening.is_alive(), "ports": ports}))
sys.stdout.flush()
outlet.close()
server.terminate()
server.wait()
"""


def test_no_note_waits_while_the_audio_device_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"antiphon-reopen-{os.getpid()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    # libjack may crash when its server dies: the other tests shall not go with it.
    with subprocess.Popen(
        [sys.executable, "-c", REOPEN, name], stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            out, _ = process.communicate(timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the servers, where it was cut short
    found = json.loads(out)
    assert found["waits"]
    assert found["took"] < 0.2
    assert found["opened"]
    assert "Antiphon:left" in found["ports"]


MEASURE = r"""
import json, re, sys, time
from pathlib import Path
from antiphon.synth import find_soundfont, render_midi_to_wav

start = time.monotonic()
render_midi_to_wav(Path(sys.argv[1]), Path(sys.argv[2]), find_soundfont(None))
# Not ru_maxrss: that begins with the peak of whoever started this process.
peak = int(re.search("VmHWM:(.*)kB", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"seconds": time.monotonic() - start, "peak_mib": peak}))
"""


def test_ten_minutes_are_rendered_fast_and_in_little_memory(tmp_path: Path) -> None:
    notes = [Note(40 + i % 50, 0.1 * i, 0.4, 40 + i % 80) for i in range(6_000)]
    write_midi(tmp_path / "in.mid", [Part("Player", 0, 0, notes_to_array(notes))])
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "in.mid"), str(tmp_path / "out.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert done.stderr == ""
    assert figures["peak_mib"] < 100
    assert figures["seconds"] < 60
