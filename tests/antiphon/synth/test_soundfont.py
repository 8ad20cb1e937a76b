"""Which SoundFont is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.errors import SynthError
from antiphon.synth.soundfont import find_soundfont, soundfont_folders

if TYPE_CHECKING:
    from pathlib import Path


def font(folder: Path, name: str, size: int = 100) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"RIFF\x00\x00\x00\x00sfbk" + bytes(size))
    return path


def test_small_general_midi_fonts_are_preferred(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    font(first, "FluidR3_GM.sf2", 5)
    font(first, "default-GM.sf3", 50)
    tiny = font(first, "Tiny Drums.sf2", 1)
    small = font(second, "TimGM6mb.sf2", 100)
    assert find_soundfont(None, [first, second]) == small
    small.unlink()
    assert find_soundfont("auto", [first, second]) == first / "default-GM.sf3"
    for path in first.glob("*GM*"):
        path.unlink()
    larger = font(second, "Grand.SF2", 9)
    assert find_soundfont(None, [first, second]) == tiny
    tiny.unlink()
    assert find_soundfont(None, [first, second]) == larger


def test_the_users_own_comes_first_among_equals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own = font(tmp_path / "soundfonts", "TimGM6mb.sf2")
    other = font(tmp_path / "system", "TimGM6mb.sf2")
    folders = soundfont_folders()
    assert find_soundfont(None, [*folders[:3], other.parent]) == own


def test_a_file_by_name(tmp_path: Path) -> None:
    path = font(tmp_path, "any name")
    assert find_soundfont(str(path), []) == path
    (tmp_path / "song.sf2").write_bytes(b"RIFF\x00\x00\x00\x00WAVE")
    for wrong, reason in (("song.sf2", ""), (".", ""), ("missing.sf2", ": there is no such file")):
        with pytest.raises(SynthError, match=rf"is no SoundFont{reason}; choose .*\.$"):
            find_soundfont(tmp_path / wrong, [])


def test_none_anywhere(tmp_path: Path) -> None:
    (tmp_path / "text.sf2").write_text("not a SoundFont")
    with pytest.raises(SynthError, match="timgm6mb-soundfont"):
        find_soundfont(None, [tmp_path, tmp_path / "missing"])
