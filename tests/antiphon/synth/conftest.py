"""The SoundFont of this machine; `make test` installs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.synth import find_soundfont

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def soundfont() -> Path:
    return find_soundfont(None)
