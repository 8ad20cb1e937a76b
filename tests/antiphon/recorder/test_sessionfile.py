"""A session's file: whole at every instant, whatever the disk does."""

from __future__ import annotations

import errno
import io
import random
from typing import TYPE_CHECKING

import mido
import pytest

from antiphon.music.files import smf
from antiphon.recorder import sessionfile
from antiphon.recorder.sessionfile import SECTOR, SessionFile
from antiphon.recorder.track import GrowingTrack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def two_tracks() -> list[GrowingTrack]:
    return [GrowingTrack("Player"), GrowingTrack("Antiphon")]


def events_of(tracks: list[GrowingTrack]) -> list[bytearray]:
    return [track.events for track in tracks]


def played(content: bytes) -> list[list[bytes]]:
    """Return the channel messages of each track; raises where the file is not whole."""
    file = mido.MidiFile(file=io.BytesIO(content))
    assert [track.name for track in file.tracks] == ["Tempo", "Player", "Antiphon"]
    assert all(track[-1].type == "end_of_track" for track in file.tracks)
    return [[bytes(m.bytes()) for m in track if not m.is_meta] for track in file.tracks[1:]]


def random_playing(tracks: list[GrowingTrack], generator: random.Random, most: int) -> None:
    for track in tracks:
        for _ in range(generator.randrange(most)):
            message = bytes([generator.choice([0x90, 0xB0]), *generator.choices(range(128), k=2)])
            track.add(track.tick + generator.randrange(20_000), message)


@pytest.mark.parametrize(("most", "saves"), [(4, 30), (40, 30), (4_000, 5)])
def test_it_is_whole_after_each_single_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, saves: int
) -> None:
    generator = random.Random(most)
    tracks = two_tracks()
    file = SessionFile(tmp_path, "session", 120.0)
    before: list[list[bytes]] = [[], []]
    after: list[list[bytes]] = [[], []]
    real: Callable[[int, bytes, int], int] = sessionfile._write_at

    def watched(descriptor: int, content: bytes, position: int) -> int:
        written = real(descriptor, content, position)
        if file.path is not None:
            on_disk = played(file.path.read_bytes())
            for side in range(2):
                assert on_disk[side] in (before[side], after[side])
        return written

    monkeypatch.setattr(sessionfile, "_write_at", watched)
    for _ in range(saves):
        before = after
        random_playing(tracks, generator, most)
        whole = smf.file_header(3) + smf.tempo_track(120.0)
        whole += b"".join(smf.track_chunk(bytes(events)) for events in events_of(tracks))
        after = played(whole)
        file.save(events_of(tracks))
        assert file.path is not None
        assert played(file.path.read_bytes()) == after
    file.finish(events_of(tracks))
    assert file.path is not None
    assert file.path.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["session.mid"]


def test_the_write_that_counts_never_straddles_two_sectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = random.Random(7)
    tracks = two_tracks()
    file = SessionFile(tmp_path, "session", 120.0)
    file.save(events_of(tracks))
    real: Callable[[int, bytes, int], int] = sessionfile._write_at
    decisive = []

    def watched(descriptor: int, content: bytes, position: int) -> int:
        if len(content) == sessionfile.ROOM_HEADER:
            decisive.append(position % SECTOR)
        return real(descriptor, content, position)

    monkeypatch.setattr(sessionfile, "_write_at", watched)
    for _ in range(600):
        random_playing(tracks, generator, 4)
        file.save(events_of(tracks))
    assert len(decisive) > 600
    assert max(decisive) <= SECTOR - sessionfile.ROOM_HEADER


@pytest.mark.parametrize("failing", range(4))
def test_a_disk_that_fails_anywhere_leaves_a_whole_file_and_the_next_save_brings_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    tracks = two_tracks()
    file = SessionFile(tmp_path, "session", 120.0)
    file.save(events_of(tracks))
    for track in tracks:
        track.add(10, bytes([0x90, 60, 64]))
        track.add(20, bytes([0x80, 60, 0]))
    real: Callable[[int, bytes, int], int] = sessionfile._write_at
    count = 0

    def full(descriptor: int, content: bytes, position: int) -> int:
        nonlocal count
        count += 1
        if count > failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, content, position)

    with monkeypatch.context() as patch:
        patch.setattr(sessionfile, "_write_at", full)
        with pytest.raises(OSError, match="No space left"):
            file.save(events_of(tracks))
    assert file.path is not None
    played(file.path.read_bytes())
    file.save(events_of(tracks))
    assert [len(messages) for messages in played(file.path.read_bytes())] == [2, 2]
    file.let_go()


def test_a_full_disk_at_the_first_save_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, content: bytes, position: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = SessionFile(tmp_path, "session", 120.0)
    with monkeypatch.context() as patch:
        patch.setattr(sessionfile, "_write_at", full)
        with pytest.raises(OSError, match="No space left"):
            file.save(events_of(two_tracks()))
    assert list(tmp_path.iterdir()) == []
    file.save(events_of(two_tracks()))
    file.let_go()
    assert [path.name for path in tmp_path.iterdir()] == ["session.mid"]


def test_no_file_is_ever_replaced_by_another_session(tmp_path: Path) -> None:
    (tmp_path / "session.mid").write_bytes(b"older")
    (tmp_path / ".session-2.mid.part").write_bytes(b"another session that begins now")
    file = SessionFile(tmp_path, "session", 120.0)
    file.save(events_of(two_tracks()))
    file.finish(events_of(two_tracks()))
    assert file.path == tmp_path / "session-3.mid"
    assert (tmp_path / "session.mid").read_bytes() == b"older"


def test_three_hours_are_written_about_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = 0
    real: Callable[[int, bytes, int], int] = sessionfile._write_at

    def counted(descriptor: int, content: bytes, position: int) -> int:
        nonlocal total
        total += len(content)
        return real(descriptor, content, position)

    monkeypatch.setattr(sessionfile, "_write_at", counted)
    monkeypatch.setattr(sessionfile, "_sync", lambda descriptor: None)
    tracks = two_tracks()
    file = SessionFile(tmp_path, "session", 120.0)
    for second in range(3 * 3600):
        for track in tracks:
            for index in range(5):
                tick = second * 1920 + index * 300
                track.add(tick, bytes([0x90, 60 + index, 64]))
                track.add(tick + 200, bytes([0x80, 60 + index, 0]))
        file.save(events_of(tracks))
    file.finish(events_of(tracks))
    assert file.path is not None
    size = file.path.stat().st_size
    assert size > 900_000
    assert total < 12 * size


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_vanished_is_written_again_at_once(tmp_path: Path, replaced: bool) -> None:
    tracks = two_tracks()
    file = SessionFile(tmp_path / "sessions", "session", 120.0)
    tracks[0].add(0, b"\x90\x3c\x40")
    file.save(events_of(tracks))
    path = file.path
    assert path is not None
    path.unlink()
    if replaced:
        path.write_bytes(b"")
    else:
        path.parent.rmdir()
    tracks[0].add(9, b"\x80\x3c\x40")
    file.save(events_of(tracks))
    assert played(path.read_bytes())[0] == [b"\x90\x3c\x40", b"\x80\x3c\x40"]
    file.let_go()


def test_the_name_of_a_log_that_was_left_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "session.jsonl").write_text("left")
    file = SessionFile(tmp_path, "session", 120.0)
    file.save(events_of(two_tracks()))
    file.let_go()
    assert file.path == tmp_path / "session-2.mid"
