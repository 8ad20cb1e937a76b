"""Find the files that come with Antiphon: settings, recipes, the house instrument.

In a checkout, settings and recipes lie in `config/` at its root; in an installed
wheel, in `antiphon/config/`. The instrument and the bundled performance lie in
`antiphon/shipped/` in both.
"""

from __future__ import annotations

from pathlib import Path

from antiphon.errors import AntiphonError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent

INSTALL_TRAINING = "in the clone of Antiphon, .venv/bin/pip install -e '.[train]'"
"""How the packages of training are installed: the rest of a sentence."""

HOUSE_INSTRUMENT = "house.onnx"
HOUSE_PERFORMANCE = "performance.mid"


def settings_file(way: str = "jam") -> Path:
    """Return a shipped settings file; there is one, "jam"."""
    return _existing(_config() / f"{way}.toml")


def recipe_file(name: str) -> Path:
    """Return a shipped training recipe, such as "house"."""
    return _existing(_config() / "training" / f"{name}.toml")


def house_instrument() -> Path:
    """Return the instrument that comes with Antiphon."""
    return _existing(_PACKAGE / "shipped" / HOUSE_INSTRUMENT)


def find_instrument(name: str | Path) -> Path:
    """Return the file of an instrument: a path, or "house" for the shipped one."""
    path = Path(name)
    return house_instrument() if str(name) == "house" and not path.exists() else path


def house_performance() -> Path:
    """Return the bundled human performance, which plays the player's part."""
    return _existing(_PACKAGE / "shipped" / HOUSE_PERFORMANCE)


def _config() -> Path:
    """Return the folder of settings: that of the checkout, or that inside the wheel."""
    if (_CHECKOUT / "pyproject.toml").is_file():
        return _CHECKOUT / "config"
    return _PACKAGE / "config"


def _existing(path: Path) -> Path:
    """Return the path of a file that must be there.

    Raises
    ------
    AntiphonError
        It is not.
    """
    if not path.is_file():
        raise AntiphonError(
            f"{path} should have come with Antiphon but is not there; install Antiphon again."
        )
    return path
