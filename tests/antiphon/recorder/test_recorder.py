"""The recorder: what goes in is in the file, and nothing waits for the disk."""

from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import mido
import pytest

from antiphon.errors import AntiphonError
from antiphon.music.files import smf
from antiphon.music.files.reading import read_performance
from antiphon.recorder import SessionRecorder
from antiphon.recorder import recorder as module
from antiphon.recorder.track import GrowingTrack

if TYPE_CHECKING:
    from pathlib import Path

STARTED = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
TICK = 60.0 / 120.0 / 960.0


def start(folder: Path) -> SessionRecorder:
    recorder = SessionRecorder(folder, started=STARTED)
    recorder.start()
    return recorder


def test_both_sides_in_two_named_tracks(tmp_path: Path) -> None:
    recorder = start(tmp_path / "new" / "folder")
    recorder.player(bytes([0x90, 60, 64]), 1000.0)
    recorder.player(bytes([0x90, 60, 0]), 1000.5)
    recorder.partner(bytes([0x91, 64, 80]), 1001.0)
    recorder.partner(bytes([0x81, 64, 0]), 1001.25)
    path = recorder.close()
    assert path == tmp_path / "new" / "folder" / "session-20310506-070809.mid"
    performance = read_performance(path)
    assert [track.name for track in performance.tracks] == ["Player", "Antiphon"]
    assert [track.notes.tolist() for track in performance.tracks] == [
        [(60, 0.0, pytest.approx(0.5, abs=TICK), 64)],
        [(64, pytest.approx(1.0, abs=TICK), pytest.approx(0.25, abs=TICK), 80)],
    ]
    file = mido.MidiFile(path)
    assert file.type == 1
    assert [m.tempo for m in file.tracks[0] if m.type == "set_tempo"] == [500_000]


def test_nothing_played_leaves_no_file(tmp_path: Path) -> None:
    recorder = start(tmp_path)
    recorder.player(bytes([0xB0, 64, 127]), 1.0)
    recorder.partner(bytes([0x80, 60, 0]), 2.0)
    recorder.player(bytes([0xFE]), 2.0)
    assert recorder.close() is None
    assert list(tmp_path.iterdir()) == []


def test_what_came_before_the_first_note_is_kept_at_its_time(tmp_path: Path) -> None:
    recorder = start(tmp_path)
    recorder.player(bytes([0xC0, 5]), 10.0)
    recorder.player(bytes([0xB0, 64, 127]), 11.0)
    for index in range(3_000):
        recorder.player(bytes([0x90, 60, 64]), 12.0 + index)
        recorder.player(bytes([0x80, 60, 0]), 12.5 + index)
    recorder.player(bytes([0xB0, 64, 0]), 3012.0)
    path = recorder.close()
    assert path is not None
    (track,) = read_performance(path).tracks
    assert track.program == 5
    assert len(track.notes) == 3_000
    assert [row[0] for row in track.controls.tolist()] == [0.0, pytest.approx(3000.0, abs=TICK)]


def test_hanging_notes_and_pedals_end_with_the_session(tmp_path: Path) -> None:
    recorder = start(tmp_path)
    recorder.player(bytes([0x90, 60, 64]), 0.0)
    recorder.player(bytes([0xB0, 64, 127]), 0.5)
    recorder.partner(bytes([0x90, 64, 64]), 1.0)
    recorder.partner(bytes([0x80, 64, 64]), 2.0)
    path = recorder.close()
    assert path is not None
    tracks = mido.MidiFile(path).tracks
    assert [m.type for m in tracks[1]][-3:] == ["note_off", "control_change", "end_of_track"]
    assert read_performance(path).tracks[0].notes["duration"] == pytest.approx(2.0, abs=TICK)


def test_messages_out_of_order_and_bytes_that_are_none(tmp_path: Path) -> None:
    recorder = start(tmp_path)
    recorder.player(bytes([0x80, 60, 0]), 1.0)
    recorder.player(bytes([0x90, 60, 64]), 0.5)
    for garbage in (b"", b"\x90", b"\x90\x3c", b"\xf0\x01\xf7", b"\xf8", b"\x90\xff\x40", b"\x3c"):
        recorder.player(garbage, 0.7)
    path = recorder.close()
    assert path is not None
    (note,) = read_performance(path).notes().tolist()
    assert note == (60, 0.0, pytest.approx(0.5, abs=TICK), 64)


def test_closing_twice_and_feeding_afterwards(tmp_path: Path) -> None:
    recorder = start(tmp_path)
    recorder.player(bytes([0x90, 60, 64]), 0.0)
    path = recorder.close()
    recorder.player(bytes([0x90, 62, 64]), 1.0)
    assert recorder.close() == path
    assert path is not None
    assert len(read_performance(path).notes()) == 1


def test_two_sessions_in_one_second(tmp_path: Path) -> None:
    recorders = [start(tmp_path) for _ in range(3)]
    for recorder in recorders:
        recorder.player(bytes([0x90, 60, 64]), 0.0)
    paths = {recorder.close() for recorder in recorders}
    names = {"", "-2", "-3"}
    assert paths == {tmp_path / f"session-20310506-070809{name}.mid" for name in names}


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(AntiphonError, match=r"Sessions cannot be written to .*--sessions\."):
            start(folder)


def test_a_full_queue_drops_and_counts_but_prefers_note_offs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The thread takes nothing before it is told to end.
    monkeypatch.setattr(module, "WRITE_EVERY", 3600.0)
    monkeypatch.setattr(module, "MOST_WAITING", 10)
    recorder = start(tmp_path)
    for pitch in range(15):
        recorder.player(bytes([0x90, pitch, 64]), float(pitch))
    for pitch in range(15):
        recorder.player(bytes([0x80, pitch, 64]), 20.0 + pitch)
    assert recorder.dropped == 10
    path = recorder.close()
    assert path is not None
    notes = read_performance(path).notes()
    assert notes["pitch"].tolist() == list(range(10))
    assert notes["duration"] == pytest.approx(20.0, abs=TICK)


def test_two_silent_days_fit_into_a_track() -> None:
    track = GrowingTrack("Player")
    track.add(0, b"\x90\x3c\x40")
    track.add(48 * 3600 * 1920, b"\x80\x3c\x40")
    content = smf.file_header(1) + smf.track_chunk(bytes(track.events))
    events = mido.MidiFile(file=io.BytesIO(content)).tracks[0]
    assert sum(event.time for event in events) == 48 * 3600 * 1920
    assert [event.type for event in events if not event.is_meta] == ["note_on", "note_off"]


def play(recorder: SessionRecorder) -> None:
    recorder.player(bytes([0x90, 60, 64]), 1.0)
    recorder.player(bytes([0x80, 60, 64]), 2.0)


def test_a_folder_that_was_deleted_meanwhile_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    recorder = start(folder)
    folder.rmdir()
    play(recorder)
    path = recorder.close()
    assert path is not None
    assert path.parent == folder
    assert len(read_performance(path).notes()) == 1


def test_a_session_that_cannot_be_written_is_rescued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, elsewhere = tmp_path / "sessions", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    recorder = start(folder)
    folder.rmdir()
    folder.write_text("in the way")
    play(recorder)
    path = recorder.close()
    assert path == elsewhere / "session-20310506-070809.mid"
    assert len(read_performance(path).notes()) == 1
    assert "it was put elsewhere" in caplog.text
