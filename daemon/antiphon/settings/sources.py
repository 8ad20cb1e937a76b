"""Read the sources of settings: files, variables and options.

A source is read into `Given` values: which setting, which value, and where it stands, for
the sentence of an error. Only errors of the source itself are found here; the values are
checked in `antiphon.settings.load`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.errors import SettingError
from antiphon.settings.kinds import WORDS, is_path, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from antiphon.settings.section import Key

    Known = Mapping[str, Mapping[str, Key]]

VARIABLE_PREFIX = "ANTIPHON_"
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Given:
    """One setting as one source gives it.

    Attributes
    ----------
    section, key : str
        Which setting; the key is empty where a section stands empty.
    value : object
        Its value, unchecked.
    origin : str
        Where it stood: a file's path, a variable's or an option's name.
    from_text : bool
        Whether it is a variable, whose text may stand for a number, or for true or false.
    """

    section: str
    key: str
    value: object
    origin: str
    from_text: bool = False

    def spell(self, section: str, key: str) -> str:
        """Return the name of a setting as this source spells it."""
        return variable_name(section, key) if self.from_text else f"{section}.{key}"


@dataclass(frozen=True, slots=True)
class Option:
    """A setting given on the command line: its value, and the option's name."""

    value: object
    name: str


def variable_name(section: str, key: str) -> str:
    """Return the variable that gives a setting."""
    return f"{VARIABLE_PREFIX}{section}__{key}".upper()


def from_file(path: Path, known: Known, origin: str | None = None) -> list[Given]:
    """Return the settings of a TOML file.

    A relative path in the file is taken from the file's own folder. `known` are
    the keys of each section; `origin` is what to call the file, by default its path.

    Raises
    ------
    SettingError
        It cannot be read, is no TOML, or has a setting outside of a section.
    """
    given = []
    origin = str(path) if origin is None else origin
    for section, table in _tables(path).items():
        if not isinstance(table, dict):
            raise SettingError(
                f"{path}: {section} stands outside of a section; "
                f"the sections are {', '.join(known)}."
            )
        if not table:
            given.append(Given(section, "", None, origin))
        for key, value in table.items():
            declared = known.get(section, {}).get(key)
            if declared is not None and is_path(declared.kind):
                value = _resolved(value, path)  # noqa: PLW2901 - the same, from another folder
            given.append(Given(section, key, value, origin))
    return given


def from_environment(environ: Mapping[str, str], known: Known) -> list[Given]:
    """Return the settings of the variables called ANTIPHON_SECTION__KEY.

    `known` are the keys of each section.

    Raises
    ------
    SettingError
        A variable without the double underscore looks like a setting's.
    """
    given = []
    for variable in sorted(environ):
        if not variable.startswith(VARIABLE_PREFIX):
            continue
        section, separator, key = variable.removeprefix(VARIABLE_PREFIX).lower().partition("__")
        if separator:
            given.append(Given(section, key, environ[variable], variable, from_text=True))
        else:
            _refuse_single_underscore(variable, known)
    return given


def from_options(options: Mapping[str, Option]) -> list[Given]:
    """Return the settings of the command line, by "section.key"."""
    given = []
    for name, option in options.items():
        section, _, key = name.partition(".")
        given.append(Given(section, key, option.value, option.name))
    return given


def _tables(path: Path) -> dict[str, object]:
    """Return what a TOML file holds."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{path} is no text in UTF-8; save it as such.") from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line = (place and place.group(1)) or len(text.splitlines())
        reason = _PLACE.sub("", message)
        raise SettingError(
            f"{path}, line {line}: this is no valid TOML ({reason[:1].lower()}{reason[1:]})."
        ) from error


def _resolved(path: object, file: Path) -> object:
    """Return a relative path as one from the file's folder, and any other value unchanged."""
    if not isinstance(path, str) or path in WORDS or path.startswith("~"):
        return path
    return str(file.absolute().parent / path)


def _refuse_single_underscore(variable: str, known: Known) -> None:
    """Refuse ANTIPHON_MIDI_THRU, which means ANTIPHON_MIDI__THRU."""
    spelt = {
        f"antiphon_{section}_{key}": variable_name(section, key)
        for section, keys in known.items()
        for key in keys
    }
    meant = nearest(variable, spelt, alike=0.85)
    if meant is not None:
        raise SettingError(f"{variable} is no setting; did you mean {spelt[meant]}?")
