"""`antiphon memory` shows, clears and merges what is kept between sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from antiphon.cli.memory import memory
from antiphon.errors import MemoryFileError, UsageError
from antiphon.partner.memory.remembered import Remembered
from antiphon.recorder.memory_file import KeptMemory, read_memory, write_memory


def write(path: Path, count: int, identity: str = "mine") -> Path:
    own = np.arange(count) % 4 == 0
    begins = np.arange(count) % 5 == 0
    rows = np.full((count, 4), count, dtype=np.int16)
    keys = np.ones((count, 8), dtype=np.float32)
    notes = Remembered(rows, keys, own, ~begins, begins)
    write_memory(path, KeptMemory(notes, identity, "house"))
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(memory, list(map(str, arguments)))


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_it_shows_how_much_is_remembered(tmp_path: Path) -> None:
    path = write(tmp_path / "you", 20)
    result = run("show", path)
    assert result.exit_code == 0
    assert "20 notes (15 of yours, 5 of the partner's) in 4 phrases" in result.stdout
    about = json.loads(run("show", path, "--json").stdout)
    assert about == {
        "file": str(path),
        "instrument": "house",
        "identity": "mine",
        "notes": 20,
        "player": 15,
        "partner": 5,
        "phrases": 4,
    }


def test_the_settings_name_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run("show").exception, UsageError)
    path = write(tmp_path / "you", 20)
    monkeypatch.setenv("ANTIPHON_MEMORY__FILE", str(path))
    assert json.loads(run("show", "--json").stdout)["notes"] == 20
    assert run("clear").exit_code == 0
    assert not path.exists()
    assert run("clear").exit_code == 0
    assert isinstance(run("show").exception, MemoryFileError)


def test_only_a_memory_is_cleared(tmp_path: Path) -> None:
    tune = tmp_path / "tune.mid"
    tune.write_bytes(b"MThd and the rest of it")
    for wrong in (tune, tmp_path / "nowhere", tmp_path):
        result = run("clear", wrong)
        assert isinstance(result.exception, MemoryFileError)
        assert str(wrong) in str(result.exception)
    assert tune.exists()
    damaged = write(tmp_path / "you", 20)
    damaged.write_bytes(damaged.read_bytes()[:200])
    assert isinstance(run("show", damaged).exception, MemoryFileError)
    assert run("clear", damaged).exit_code == 0
    assert not damaged.exists()


def test_files_are_merged_into_another(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", 20), write(tmp_path / "other", 30)
    assert run("merge", one, other, "--into", tmp_path / "both").exit_code == 0
    assert len(read_memory(tmp_path / "both").notes) == 50
    strange = write(tmp_path / "strange", 3, identity="yours")
    result = run("merge", one, strange, "--into", tmp_path / "none")
    assert isinstance(result.exception, MemoryFileError)
    assert not (tmp_path / "none").exists()
