"""`antiphon render` as a shell sees it."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from antiphon.cli.main import app
from antiphon.music.files.writing import Part, write_midi
from antiphon.music.note import Note, notes_to_array

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sessions with one in it."""
    notes = notes_to_array([Note(60 + n, 0.25 * n, 0.2, 80) for n in range(8)])
    write_midi(tmp_path / "session-20260101-120000.mid", [Part("Player", 0, 0, notes)])
    return tmp_path


def antiphon(folder: Path, *args: str) -> Result:
    own = folder / "own.toml"
    own.write_text(f'[recorder]\nsessions = "{folder}"\n', encoding="utf-8")
    return CliRunner().invoke(app, ["render", *args, "--config", str(own)])


def test_the_last_session_is_rendered(folder: Path) -> None:
    out = folder / "out.wav"
    done = antiphon(folder, "--last", "--from", "0.5", "--to", "1.5", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert f"The last session is {folder / 'session-20260101-120000.mid'}." in done.output
    with wave.open(str(out)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("args", [(), ("--last", "a.mid")])
def test_one_thing_is_named(args: tuple[str, ...], folder: Path) -> None:
    done = antiphon(folder, *args, "--out", "out.wav")
    assert done.exit_code == 2
    assert "Name one thing to render: FILE.mid, or --last" in done.output
