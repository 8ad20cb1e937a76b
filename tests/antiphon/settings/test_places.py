"""Settings, sessions and logs lie where XDG says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from antiphon import settings
from antiphon.recorder.settings import RecorderSection

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is Linux's")
def test_they_follow_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    assert settings.user_settings_file() == tmp_path / "CONFIG" / "antiphon" / "config.toml"
    assert RecorderSection().folder == tmp_path / "DATA" / "antiphon" / "sessions"
    assert settings.state_folder() == tmp_path / "STATE" / "antiphon"
    assert settings.log_file().parent == settings.state_folder()


def test_a_sessions_folder_of_ones_own_is_taken_as_it_is(tmp_path: Path) -> None:
    assert RecorderSection(sessions=str(tmp_path)).folder == tmp_path
