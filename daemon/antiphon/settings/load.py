"""Read the settings from all sources, and keep with each value where it came from.

The sources are the shipped file, the user's own file, variables and options; later ones
win.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

from antiphon import resources
from antiphon.settings.places import user_settings_file
from antiphon.settings.section import W, check_order, public_keys, sections_of, unknown_setting
from antiphon.settings.sources import Given, Option, from_environment, from_file, from_options

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from antiphon.settings.section import Key


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
class Configuration(Generic[W]):
    """All settings, and where each came from."""

    settings: W
    chosen: tuple[Chosen, ...]


def load(
    sections: type[W],
    file: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, Option] | None = None,
) -> Configuration[W]:
    """Return the settings from all sources.

    Parameters
    ----------
    sections : type
        All sections.
    file : Path, optional
        A settings file to use in place of the user's own.
    environ : mapping, optional
        Variables; the process's by default.
    options : mapping, optional
        The settings that the command line gives, by "section.key".

    Raises
    ------
    SettingError
        A source cannot be read, or a setting in it is unknown, of the wrong
        kind or out of range; the sentence says where.
    """
    known = {name: public_keys(section) for name, section in sections_of(sections).items()}
    given = from_file(resources.settings_file(), known, SHIPPED)
    if file is not None:
        given += from_file(file.expanduser(), known)
    elif user_settings_file().exists():
        given += from_file(user_settings_file(), known)
    given += from_environment(os.environ if environ is None else environ, known)
    given += from_options(options or {})
    chosen = _chosen(given, known)
    tables = {}
    for name, section in sections_of(sections).items():
        choices = [choice for choice in chosen if choice.section == name]
        values = {choice.key: choice.value for choice in choices}
        check_order(section, values, {choice.key: choice.origin for choice in choices})
        tables[name] = section(**values)
    return Configuration(sections.made_of(tables), chosen)


def _chosen(given: list[Given], known: Mapping[str, Mapping[str, Key]]) -> tuple[Chosen, ...]:
    """Check the values of all sources; of one setting the last value wins."""
    chosen = {
        (section, key.name): Chosen(section, key.name, key.default, SHIPPED)
        for section, keys in known.items()
        for key in keys.values()
    }
    for one in given:
        if one.section not in known or (one.key and one.key not in known[one.section]):
            raise unknown_setting(one.section, one.key, known, origin=one.origin, spell=one.spell)
        if one.key:
            key = known[one.section][one.key]
            value = key.checked(one.value, from_text=one.from_text, origin=one.origin)
            chosen[one.section, one.key] = Chosen(one.section, one.key, value, one.origin)
    return tuple(chosen.values())
