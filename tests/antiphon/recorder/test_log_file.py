"""The log on disk: whole where the disk is full, the folder goes, or another log is there."""

from __future__ import annotations

import json
import logging
import tempfile
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from antiphon.music.files.reading import read_performance
from antiphon.recorder import LogFile, SessionRecorder
from antiphon.recorder import log_file as module
from antiphon.stage.log import StageLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STARTED = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
STEM = "session-20310506-070809"


@pytest.fixture
def log() -> StageLog:
    return StageLog()


@pytest.fixture
def file(log: StageLog) -> Iterator[LogFile]:
    file = LogFile(log, lambda: {"antiphon_log": 1})
    yield file
    file.close()


def written(path: Path) -> list[object]:
    """Return the header and the times of the ticks that a log holds."""
    header, *ticks = [json.loads(line) for line in path.read_text().splitlines()]
    return [header, *(time for _, time in ticks)]


def tick(log: StageLog, file: LogFile, time: float, session: Path | None) -> None:
    log.ticked(time)
    file.save(session)


def test_a_log_is_kept_in_memory_until_there_is_a_session(
    tmp_path: Path, log: StageLog, file: LogFile
) -> None:
    tick(log, file, 1.0, None)
    assert list(tmp_path.iterdir()) == []
    tick(log, file, 2.0, tmp_path / "one.mid")
    assert written(tmp_path / "one.jsonl") == [{"antiphon_log": 1}, 1.0, 2.0]


def test_a_session_that_was_put_elsewhere_takes_its_log_along(
    tmp_path: Path, log: StageLog, file: LogFile
) -> None:
    tick(log, file, 1.0, tmp_path / "one.mid")
    tick(log, file, 2.0, tmp_path / "two.mid")
    assert written(tmp_path / "one.jsonl") == [{"antiphon_log": 1}, 1.0]
    assert written(tmp_path / "two.jsonl") == [{"antiphon_log": 1}, 1.0, 2.0]


@pytest.mark.parametrize("made_again", [True, False])
def test_a_log_whose_folder_was_deleted_is_whole_again(
    tmp_path: Path, log: StageLog, file: LogFile, made_again: bool
) -> None:
    session = tmp_path / "sessions" / "one.mid"
    tick(log, file, 1.0, session)
    tick(log, file, 2.0, session)
    session.with_suffix(".jsonl").unlink()
    session.parent.rmdir()
    if made_again:
        session.parent.mkdir()
    tick(log, file, 3.0, session)
    tick(log, file, 4.0, session)
    assert written(session.with_suffix(".jsonl")) == [{"antiphon_log": 1}, 1.0, 2.0, 3.0, 4.0]


def test_a_log_that_vanished_is_whole_again_where_nothing_new_has_come(
    tmp_path: Path, log: StageLog, file: LogFile
) -> None:
    session = tmp_path / "one.mid"
    tick(log, file, 1.0, session)
    session.with_suffix(".jsonl").unlink()
    file.save(session)
    assert written(session.with_suffix(".jsonl")) == [{"antiphon_log": 1}, 1.0]


def test_a_log_whose_beginning_is_lost_says_so(
    tmp_path: Path, log: StageLog, file: LogFile
) -> None:
    session = tmp_path / "one.mid"
    tick(log, file, 1.0, session)
    session.with_suffix(".jsonl").write_text("")  # truncated by somebody else
    tick(log, file, 2.0, session)
    header = {"antiphon_log": 1, "complete": False}
    assert written(session.with_suffix(".jsonl")) == [header, 2.0]


@pytest.mark.parametrize("count", [900, 1_100, 2_000])
def test_a_full_disk_loses_nothing_of_the_log(
    full_disk: Path, log: StageLog, file: LogFile, count: int
) -> None:
    session = full_disk / "session.mid"
    tick(log, file, -2.0, session)
    for time in range(count):
        log.ticked(float(time))
    with pytest.raises(OSError, match="space"):
        file.save(session)
    assert written(session.with_suffix(".jsonl")) == [{"antiphon_log": 1}, -2.0]
    log.ticked(-1.0)
    (full_disk / "ballast").unlink()
    file.save(session)
    expected = [{"antiphon_log": 1}, -2.0, *map(float, range(count)), -1.0]
    assert written(session.with_suffix(".jsonl")) == expected


def test_a_log_that_cannot_be_written_for_long_ends_and_stays_a_beginning(
    tmp_path: Path,
    log: StageLog,
    file: LogFile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "MOST_UNWRITTEN", 40)
    for time in range(9):
        tick(log, file, float(time), None)
    assert caplog.text.count("The log of the session ends here") == 1
    assert list(log.lines()) == []
    tick(log, file, 9.0, tmp_path / "one.mid")
    header, *times = written(tmp_path / "one.jsonl")
    assert times == [0.0, 1.0, 2.0]
    assert header == {"antiphon_log": 1}


def test_what_waits_is_kept_in_pieces_that_are_joined_once(log: StageLog, file: LogFile) -> None:
    for time in range(3_000):
        tick(log, file, float(time), None)
    assert len(file._unwritten) == 3_000
    assert sum(map(len, file._unwritten)) == file._size


def start(folder: Path, log: LogFile) -> SessionRecorder:
    recorder = SessionRecorder(folder, started=STARTED, log=log)
    recorder.start()
    return recorder


def play(recorder: SessionRecorder) -> None:
    recorder.player(bytes([0x90, 60, 64]), 1.0)
    recorder.player(bytes([0x80, 60, 64]), 2.0)


def test_a_log_that_is_left_from_another_session_is_not_appended_to(
    tmp_path: Path, log: StageLog, file: LogFile
) -> None:
    stale = tmp_path / f"{STEM}.jsonl"
    stale.write_text("another session\n")
    recorder = start(tmp_path, file)
    log.ticked(1.0)
    play(recorder)
    path = recorder.close()
    assert path == tmp_path / f"{STEM}-2.mid"
    assert stale.read_text() == "another session\n"
    assert written(tmp_path / f"{STEM}-2.jsonl") == [{"antiphon_log": 1}, 1.0]


def test_a_log_is_rescued_with_its_session(
    tmp_path: Path, log: StageLog, file: LogFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "sessions", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    recorder = start(folder, file)
    folder.rmdir()
    folder.write_text("in the way")
    log.ticked(1.0)
    play(recorder)
    assert recorder.close() == elsewhere / f"{STEM}.mid"
    assert written(elsewhere / f"{STEM}.jsonl") == [{"antiphon_log": 1}, 1.0]


def test_a_log_that_does_not_fit_beside_its_session_is_put_elsewhere(
    tmp_path: Path,
    full_disk: Path,
    log: StageLog,
    file: LogFile,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{STEM}.jsonl").write_text("another session\n")
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    (full_disk / "ballast").write_bytes(bytes(30 * 1024))
    recorder = SessionRecorder(full_disk, started=STARTED, log=file)
    for time in range(5_000):
        log.ticked(float(time))
    play(recorder)
    recorder.start()
    path = recorder.close()
    assert path == full_disk / f"{STEM}.mid"
    assert len(read_performance(path).notes()) == 1
    assert "could not be written beside it" in caplog.text
    assert str(elsewhere / f"{STEM}-2.jsonl") in caplog.text
    assert written(elsewhere / f"{STEM}-2.jsonl")[1:] == [float(time) for time in range(5_000)]
    assert (elsewhere / f"{STEM}.jsonl").read_text() == "another session\n"


def test_the_header_is_made_as_the_recorder_starts(tmp_path: Path, log: StageLog) -> None:
    described, made = tmp_path / "instrument", threading.Event()
    described.write_text("kept")

    def header() -> dict[str, object]:
        values = {"antiphon_log": 1, "instrument": described.read_text()}
        made.set()
        return values

    recorder = start(tmp_path / "sessions", LogFile(log, header))
    assert made.wait(5.0)  # before anything is played
    described.unlink()
    log.ticked(1.0)
    play(recorder)
    assert recorder.close() is not None
    (path,) = (tmp_path / "sessions").glob("*.jsonl")
    assert written(path)[0] == {"antiphon_log": 1, "instrument": "kept"}


def test_a_header_that_cannot_be_made_loses_no_session(
    tmp_path: Path, log: StageLog, caplog: pytest.LogCaptureFixture
) -> None:
    def header() -> dict[str, object]:
        raise FileNotFoundError(2, "No such folder")

    recorder = start(tmp_path, LogFile(log, header))
    log.ticked(1.0)
    play(recorder)
    path = recorder.close()
    assert path is not None
    assert len(read_performance(path).notes()) == 1
    assert list(tmp_path.glob("*.jsonl")) == []
    assert "The end of the session's log could not be written" in caplog.text
