"""The bytes of files: too many of them, and pipes with and without a writer."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from antiphon.music.files import content
from antiphon.music.files.chunks import UnreadableMidiError
from antiphon.music.files.content import read_content

if TYPE_CHECKING:
    from pathlib import Path

NO_PIPES = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes")


def test_a_file_that_is_larger_than_music_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_BYTES", 100)
    path = tmp_path / "long.mid"
    path.write_bytes(bytes(100))
    assert read_content(path) == bytes(100)
    path.write_bytes(bytes(101))
    with pytest.raises(UnreadableMidiError, match="is larger than any MIDI file"):
        read_content(path)


@NO_PIPES
def test_a_pipe_without_a_writer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "WAIT_SECONDS", 0.01)
    path = tmp_path / "pipe.mid"
    os.mkfifo(path)
    with pytest.raises(UnreadableMidiError, match="is a pipe that nothing is written into"):
        read_content(path)


@NO_PIPES
def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mid"
    os.mkfifo(path)
    written = bytes(range(256)) * 1000  # more than a pipe holds
    writer = threading.Thread(target=path.write_bytes, args=(written,))
    writer.start()
    assert read_content(path) == written
    writer.join()
