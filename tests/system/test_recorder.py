"""The recorder against real kills and a disk that is really full."""

from __future__ import annotations

import logging
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import mido
import pytest

from antiphon.music.files.reading import read_performance
from antiphon.recorder import SessionRecorder
from antiphon.recorder import recorder as module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.system

# Plays 200 notes a second on each side, and says after each which one it was.
PLAYING = """
import sys, time
from pathlib import Path
from antiphon.recorder import SessionRecorder

recorder = SessionRecorder(Path(sys.argv[1]))
recorder.start()
start, index = time.monotonic(), 0
while True:
    now = start + index * 0.005
    time.sleep(max(now - time.monotonic(), 0.0))
    pitch = 30 + index % 60
    recorder.player(bytes([0x90, pitch, 64]), now)
    recorder.player(bytes([0x80, pitch, 0]), now + 0.004)
    recorder.partner(bytes([0x91, pitch, 64]), now + 0.001)
    recorder.partner(bytes([0x81, pitch, 0]), now + 0.005)
    sys.stdout.write(f"{index + 1}\\n")
    sys.stdout.flush()
    index += 1
"""


def played_until_killed(folder: Path, seconds: float) -> int:
    """Return how many notes a process had played a second before it was killed."""
    command = [sys.executable, "-c", PLAYING, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        stamps = [(time.monotonic(), process.stdout.readline())]
        while time.monotonic() < stamps[0][0] + seconds:
            stamps.append((time.monotonic(), process.stdout.readline()))
        killed = time.monotonic()
        process.kill()
        assert process.wait() == -9
    return max((int(line) for when, line in stamps if when < killed - 1.0), default=0)


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_loses_at_most_the_last_second(tmp_path: Path, seed: int) -> None:
    seconds = random.Random(seed).uniform(1.5, 3.0)
    played = played_until_killed(tmp_path, seconds)
    (path,) = tmp_path.glob("session-*.mid")
    file = mido.MidiFile(path)
    assert [track.name for track in file.tracks] == ["Tempo", "Player", "Antiphon"]
    player, partner = read_performance(path).tracks
    assert played > 50
    assert min(len(player.notes), len(partner.notes)) >= played
    assert player.notes["pitch"][:60].tolist() == list(range(30, 90))


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """Mount a disk of a few KiB, where the tests may."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    if (
        os.geteuid() != 0
        or subprocess.run(command, capture_output=True, check=False).returncode != 0
    ):
        pytest.skip("mounting a small disk takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def notes_on_disk(recorder: SessionRecorder) -> int:
    return 0 if recorder.path is None else len(read_performance(recorder.path).notes())


def test_a_full_disk_pauses_the_recording_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WRITE_EVERY", 0.05)
    monkeypatch.setattr(module, "RETRY_AFTER", 0.2)
    caplog.set_level(logging.INFO)
    with small_disk(tmp_path / "disk", 256) as folder:
        recorder = SessionRecorder(folder)
        recorder.start()
        recorder.player(b"\x90\x3c\x40", 0.0)
        recorder.player(b"\x80\x3c\x40", 0.5)
        wait_until(lambda: notes_on_disk(recorder) == 1)
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(220_000))
        slowest = 0.0
        for index in range(1, 5_000):
            before = time.perf_counter()
            recorder.player(bytes([0x90, 60, 64]), float(index))
            recorder.player(bytes([0x80, 60, 64]), index + 0.5)
            slowest = max(slowest, time.perf_counter() - before)
        wait_until(lambda: "make room on the disk" in caplog.text)
        assert notes_on_disk(recorder) >= 1
        time.sleep(0.5)
        assert caplog.text.count("make room on the disk") == 1
        ballast.unlink()
        wait_until(lambda: notes_on_disk(recorder) == 5_000)
        wait_until(lambda: "written again" in caplog.text)
        path = recorder.close()
        assert path is not None
        assert len(read_performance(path).notes()) == 5_000
        assert slowest < 0.05


def overfill(folder: Path) -> tuple[SessionRecorder, Path | None]:
    """Record more than a small disk holds, to the end."""
    recorder = SessionRecorder(folder)
    recorder.start()
    recorder.player(b"\x90\x3c\x40", 0.0)
    recorder.player(b"\x80\x3c\x40", 0.5)
    wait_until(lambda: notes_on_disk(recorder) == 1)
    for index in range(1, 20_000):
        recorder.player(bytes([0x90, 60, 64]), float(index))
        recorder.player(bytes([0x80, 60, 64]), index + 0.5)
    return recorder, recorder.close()


def test_a_session_that_does_not_fit_on_its_disk_is_put_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WRITE_EVERY", 0.05)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    with small_disk(tmp_path / "disk", 64) as folder:
        recorder, path = overfill(folder)
    assert path is not None
    assert path.parent == elsewhere
    kept = len(read_performance(path).notes())
    # What an overfull queue dropped is counted; each note is two messages.
    assert kept >= 20_000 - recorder.dropped
    assert "put elsewhere" in caplog.text


def test_a_disk_full_everywhere_leaves_what_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WRITE_EVERY", 0.05)
    with small_disk(tmp_path / "disk", 64) as folder:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        _, path = overfill(folder)
        assert path is not None
        assert len(read_performance(path).notes()) >= 1
        assert "end of the session could not be written" in caplog.text


LIMITED = """
import logging, resource, sys, time
from pathlib import Path
from antiphon.recorder import SessionRecorder

logging.basicConfig(format="%(message)s")
recorder = SessionRecorder(Path(sys.argv[1]))
recorder.start()
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
recorder.player(b"\\x90\\x3c\\x40", 0.0)
time.sleep(1.5)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
print(recorder.close().name)
"""


def test_a_limit_on_the_size_of_files_is_no_crash(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] != 1000
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr.count("\n") == 1
    assert "File too large" in done.stderr
    assert len(read_performance(tmp_path / done.stdout.strip()).notes()) == 1
    assert len(list(tmp_path.iterdir())) == 1
