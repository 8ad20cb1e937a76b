"""Where settings, sessions and logs live: XDG on Linux, its kin elsewhere."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "antiphon"


def user_settings_file() -> Path:
    """Return the user's own settings file, whether or not it exists."""
    return platformdirs.user_config_path(_NAME, appauthor=False) / "config.toml"


def default_sessions_folder() -> Path:
    """Return the folder that sessions go to where no setting says otherwise."""
    return platformdirs.user_data_path(_NAME, appauthor=False) / "sessions"


def state_folder() -> Path:
    """Return the folder of logs and of what is remembered between jams."""
    return platformdirs.user_state_path(_NAME, appauthor=False)


def log_file() -> Path:
    """Return the file that unexpected errors are written to."""
    return state_folder() / "antiphon.log"


def sessions_folder(setting: str) -> Path:
    """Return the folder that `recorder.sessions` means."""
    if setting == "auto":
        return default_sessions_folder()
    return Path(setting).expanduser()
