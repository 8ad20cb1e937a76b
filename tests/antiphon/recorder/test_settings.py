"""What can be set about the recorder."""

from __future__ import annotations

import pytest

from antiphon.errors import SettingError
from antiphon.sections import Settings
from antiphon.settings import load


def test_the_journal_is_kept_unless_it_is_switched_off() -> None:
    assert Settings().recorder.journal
    environ = {"ANTIPHON_RECORDER__JOURNAL": "off"}
    assert not load(Settings, environ=environ).settings.recorder.journal


def test_the_journal_cannot_change_while_playing() -> None:
    with pytest.raises(SettingError, match=r"recorder\.journal cannot change while playing"):
        Settings().changed("recorder.journal", "off")
