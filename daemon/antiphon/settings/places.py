"""The folders of settings, sessions and logs: XDG on Linux, the usual ones elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "antiphon"


def user_settings_file() -> Path:
    """Return the user's own settings file, whether or not it exists."""
    return platformdirs.user_config_path(_NAME, appauthor=False) / "config.toml"


def data_folder() -> Path:
    """Return the folder of the user's data, such as sessions."""
    return platformdirs.user_data_path(_NAME, appauthor=False)


def state_folder() -> Path:
    """Return the folder of logs."""
    return platformdirs.user_state_path(_NAME, appauthor=False)


def log_file() -> Path:
    """Return the file that unexpected errors are written to."""
    return state_folder() / "antiphon.log"
