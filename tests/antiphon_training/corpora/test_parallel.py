"""Many files at once: processes read what one reads, and a file that kills one stops nothing."""

from __future__ import annotations

import os
from pathlib import Path, PosixPath
from typing import Any

import numpy as np
import pytest

from antiphon_training.corpora import parallel
from antiphon_training.corpora.parallel import BREAKS, read_all
from antiphon_training.corpora.piece import Reading

pytestmark = pytest.mark.train

SONGS = sorted((Path(__file__).parents[2] / "data" / "songs").glob("*.mid"))


class Deadly(PosixPath):
    """A file that ends the process which is to read it."""

    def __reduce__(self) -> Any:
        return os._exit, (3,)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes do the least work."""
    monkeypatch.setattr(parallel, "WORTH_PROCESSES", 0.0)
    monkeypatch.setattr(parallel, "cores", lambda: 2)


@pytest.mark.usefixtures("processes")
def test_processes_read_the_same(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mid"
    broken.write_text("no music")
    paths = [*SONGS, broken, tmp_path / "gone.mid"]
    outcomes = dict(read_all(paths, Reading(time="beats")))
    assert set(outcomes) == set(range(5))
    for index, path in enumerate(SONGS):
        alone = parallel.read_one(path, Reading(time="beats"))
        (there,), (here,) = outcomes[index], alone
        np.testing.assert_array_equal(there.notes, here.notes)  # type: ignore[union-attr]
    assert outcomes[3] == "is no MIDI file but text"
    assert outcomes[4] == "cannot be opened: no such file or directory"


@pytest.mark.skipif(os.name != "posix", reason="the deadly path is POSIX")
@pytest.mark.usefixtures("processes")
def test_a_file_that_kills_its_reader_stops_nothing() -> None:
    paths = [SONGS[0], Deadly(SONGS[1]), SONGS[2]]
    outcomes = dict(read_all(paths, Reading()))
    assert outcomes[1] == BREAKS
    assert [len(outcomes[index][0].notes) for index in (0, 2)] == [101, 87]  # type: ignore[union-attr]


def test_little_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(parallel, "_pool", forbidden)
    assert len(list(read_all(SONGS, Reading()))) == 3
