"""A file is written whole or not at all, by whichever of the writers."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import MidiFileError
from antiphon.music.files.writing import Part, write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.recorder.sessionfile import SessionFile
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path


def test_it_takes_the_place_of_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path) as unfinished:
        assert unfinished.parent == tmp_path
        assert unfinished.name.startswith(".")
        assert unfinished.suffix == ".txt"
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_it_has_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a"
    before = os.umask(0o027)
    try:
        with whole_file(path, sync=True):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    def fail() -> None:
        with whole_file(path) as unfinished:
            unfinished.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_body_may_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with whole_file(path) as unfinished:
        unfinished.unlink()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_at_once_do_not_collide(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with whole_file(path) as first, whole_file(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"  # the outer one ended last
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["n" * 251 + ".mid", "é" * 125 + ".mid", "caf\udce9.mid"])
def test_long_names_and_names_that_are_not_utf_8(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with whole_file(path) as unfinished:
        unfinished.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "missing" / "a"):
        pass


def test_a_full_disk_leaves_the_old_file_and_nothing_else(full_disk: Path) -> None:
    path = full_disk / "old.mid"
    path.write_text("old")
    there = sorted(entry.name for entry in full_disk.iterdir())
    big = notes_to_array([Note(60, index, 0.5, 64) for index in range(9000)])
    with pytest.raises(MidiFileError, match="cannot be written: No space left"):
        write_midi(path, [Part("Player", 0, 0, big)])
    session = SessionFile(full_disk, "session", 120.0)
    with pytest.raises(OSError, match="No space left"):
        session.finish([bytes(100_000)])
    assert path.read_text() == "old"
    assert sorted(entry.name for entry in full_disk.iterdir()) == there
