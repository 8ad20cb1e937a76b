"""Settings of nobody's machine, and a phrase to go on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.music.files.writing import write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon.sections import Settings
from antiphon.settings import Option, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = tmp_path / "own.toml"
    own.write_text("", encoding="utf-8")
    return load(Settings, own, environ={}, options={"partner.seed": Option(7, "--seed")}).settings


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    path = tmp_path / "phrase.mid"
    notes = [Note(60 + k % 8, 0.25 * k, 0.2, 70) for k in range(16)]
    write_midi(path, [("Piano", 0, 0, notes_to_array(notes))])
    return path
