"""Put the sources together: later ones win, and every value knows its origin.

The order is: the shipped file, the user's own file, variables, options.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from antiphon import resources
from antiphon.errors import SettingError
from antiphon.settings.kinds import convert, describe, is_path, nearest
from antiphon.settings.model import ORDERED, Settings, kinds
from antiphon.settings.places import user_settings_file
from antiphon.settings.sources import Given, Option, from_environment, from_file, from_options

if TYPE_CHECKING:
    from collections.abc import Mapping


SHIPPED = "as shipped"  # the origin of what config/jam.toml says


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value of one setting, and where it came from."""

    section: str
    key: str
    value: Any
    origin: str

    @property
    def name(self) -> str:
        """The setting as people write it: "section.key"."""
        return f"{self.section}.{self.key}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings, and where each came from."""

    settings: Settings
    chosen: tuple[Chosen, ...]


def load(
    file: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, Option] | None = None,
) -> Configuration:
    """Return the settings that hold, from all sources.

    Parameters
    ----------
    file : Path, optional
        A settings file to use in place of the user's own.
    environ : mapping, optional
        Variables; the process's by default.
    options : mapping, optional
        What the command line says, by "section.key".

    Raises
    ------
    SettingError
        A source cannot be read, or a setting in it is unknown, of the wrong
        kind or out of range; the sentence says where.
    """
    given = from_file(resources.settings_file(), SHIPPED)
    if file is not None:
        given += from_file(file.expanduser())
    elif user_settings_file().exists():
        given += from_file(user_settings_file())
    given += from_environment(os.environ if environ is None else environ)
    given += from_options(options or {})
    return _configuration(given)


def _configuration(given: list[Given]) -> Configuration:
    """Check what the sources give, and let the later win."""
    known = kinds()
    defaults = Settings()
    chosen = {
        (section, key): Chosen(section, key, getattr(getattr(defaults, section), key), SHIPPED)
        for section, keys in known.items()
        for key in keys
    }
    for one in given:
        _check_name(one, known)
        if one.key:
            value = _value(one, known[one.section][one.key])
            chosen[one.section, one.key] = Chosen(one.section, one.key, value, one.origin)
    _check_order(chosen)
    tables: dict[str, dict[str, Any]] = {section: {} for section in known}
    for (section, key), choice in chosen.items():
        tables[section][key] = choice.value
    return Configuration(msgspec.convert(tables, Settings), tuple(chosen.values()))


def _check_name(given: Given, known: Mapping[str, Mapping[str, object]]) -> None:
    """Refuse an unknown section or key, and name the nearest."""
    if given.section not in known:
        section = nearest(given.section, known)
        hint = (
            f"the sections are {', '.join(known)}."
            if section is None
            else (f"did you mean {section}?")
        )
        raise SettingError(f"{given.origin}: there is no section {given.section}; {hint}")
    if given.key and given.key not in known[given.section]:
        raise SettingError(
            f"{given.origin}: there is no setting {given.section}.{given.key}; "
            f"{_hint(given, known)}"
        )


def _hint(given: Given, known: Mapping[str, Mapping[str, object]]) -> str:
    """Return what an unknown key most likely meant."""
    for section, keys in known.items():  # the right key in the wrong section
        if given.key in keys:
            return f"did you mean {given.spell(section, given.key)}?"
    key = nearest(given.key, known[given.section])
    if key is None:
        return f"{given.section} knows {', '.join(known[given.section])}."
    return f"did you mean {given.spell(given.section, key)}?"


def _value(given: Given, kind: Any) -> Any:
    """Return a checked value, `~` in a path expanded."""
    try:
        value = convert(given.value, kind, from_text=given.from_text)
    except ValueError as error:  # msgspec's ValidationError is one
        raise SettingError(
            f"{given.origin}: {given.section}.{given.key} must be {describe(kind)}, "
            f"not {_shown(given.value)}."
        ) from error
    if isinstance(value, str) and value.startswith("~") and is_path(kind):
        return str(Path(value).expanduser())
    return value


def _check_order(chosen: Mapping[tuple[str, str], Chosen]) -> None:
    """Refuse a range that ends before it begins."""
    for section, lower, upper in ORDERED:
        low, high = chosen[section, lower], chosen[section, upper]
        if low.value > high.value:
            raise SettingError(
                f"{low.name} ({low.value}, from {low.origin}) must not exceed "
                f"{high.name} ({high.value}, from {high.origin})."
            )


def _shown(value: object) -> str:
    """Return a value as TOML would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
