"""Sections: the settings of one room, declared once, and checked when made or changed.

A room declares its settings as a `Section`. A `Sections` lists the sections of several
rooms. Both are frozen: a change returns a new value.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from msgspec import inspect

from antiphon.errors import SettingError
from antiphon.settings.kinds import NoHomeError, convert, describe, extra, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


@dataclass(frozen=True, slots=True)
class Key:
    """One setting, as its section declares it.

    Attributes
    ----------
    section, name : str
        Which setting.
    kind : type
        Its type, range and sentence.
    default : object
        Its value where no source gives one.
    sentence : str
        What it means, for a musician.
    internal : bool
        Whether only code may give it.
    live : bool
        Whether it can change while playing.
    """

    section: str
    name: str
    kind: Any
    default: object
    sentence: str
    internal: bool
    live: bool

    def checked(self, value: object, *, from_text: bool = False, origin: str = "") -> Any:
        """Return a value as the setting's type; see `convert`.

        Raises
        ------
        SettingError
            It is of another type, or out of range. The sentence begins with `origin`,
            the place where the value stands.
        """
        try:
            return convert(value, self.kind, from_text=from_text)
        except ValueError as error:  # msgspec's ValidationError is one
            place = f"{origin}: " if origin else ""
            home = isinstance(error, NoHomeError)
            wanted = "in a home folder that exists" if home else describe(self.kind)
            raise SettingError(
                f"{place}{self.section}.{self.name} must be {wanted}, not {shown(value)}."
            ) from error


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one room; a table of the TOML file.

    Attributes
    ----------
    NAME : str
        The table's name.
    ORDERED : tuple of (str, str)
        Pairs of keys of which the first must not exceed the second.
    TOGETHER : mapping of str to tuple of str
        Names that stand for several keys, which `changed` sets at once.

    Raises
    ------
    SettingError
        A value is of another type than its key, or out of range.
    """

    NAME: ClassVar[str] = ""
    ORDERED: ClassVar[tuple[tuple[str, str], ...]] = ()
    TOGETHER: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __post_init__(self) -> None:
        """Check every value; msgspec checks only values that it converts."""
        for name, key in keys_of(type(self)).items():
            value = getattr(self, name)
            checked = key.checked(value)
            if checked is not value:  # 1 as 1.0
                msgspec.structs.force_setattr(self, name, checked)
        check_order(type(self), msgspec.structs.asdict(self))

    def changed(self, name: str, value: object) -> Self:
        """Return the section with a new value of a setting that may change while playing.

        Parameters
        ----------
        name : str
            A key, or a name that stands for several (`TOGETHER`).
        value : object
            The value, or its text.

        Raises
        ------
        SettingError
            There is no such setting, it cannot change while playing, or the value
            is not allowed.
        """
        known = public_keys(type(self))
        names = self.TOGETHER.get(name, (name,))
        if not all(each in known for each in names):
            raise unknown_setting(self.NAME, name, {self.NAME: {**known, **self.TOGETHER}})
        if not all(known[each].live for each in names):
            raise SettingError(
                f"{self.NAME}.{name} cannot change while playing; set it before the start."
            )
        text = isinstance(value, str)
        values = {each: known[each].checked(value, from_text=text) for each in names}
        return msgspec.structs.replace(self, **values)


class Sections(msgspec.Struct, frozen=True, kw_only=True):
    """The sections of several rooms, one field each.

    A field has the name of its section. Where that is a keyword of Python, the field has
    another name, and `rename=` gives the section's: `rename={"continue_": "continue"}`.
    """

    def changed(self, name: str, value: object) -> Self:
        """Return all settings with a new value of one: see `Section.changed`.

        Parameters
        ----------
        name : str
            "section.key"; the key may stand for several: "partner.temperature".
        value : object
            The value, or its text.

        Raises
        ------
        SettingError
            There is no such setting, it cannot change while playing, or the value
            is not allowed.
        """
        name, dot, key = name.strip().partition(".")
        sections = sections_of(type(self))
        if not dot or name not in sections:
            known = {
                each: {**public_keys(kind), **kind.TOGETHER} for each, kind in sections.items()
            }
            section, key = (name, key) if dot else ("", name)
            raise unknown_setting(section, key, known)
        attribute = _attributes(type(self))[name]
        section = getattr(self, attribute).changed(key, value)
        return msgspec.structs.replace(self, **{attribute: section})

    def of(self, kind: type[S]) -> S:
        """Return the section of a type."""
        section: S = getattr(self, _attributes(type(self))[kind.NAME])
        return section

    @classmethod
    def made_of(cls, sections: Mapping[str, Section]) -> Self:
        """Return settings with these sections, by name; the other sections are as shipped."""
        attributes = _attributes(cls)
        return cls(**{attributes[name]: section for name, section in sections.items()})


S = TypeVar("S", bound=Section)
W = TypeVar("W", bound=Sections)


@functools.cache
def keys_of(section: type[Section]) -> Mapping[str, Key]:
    """Return the keys of a section, in the order of their declaration."""
    keys = {}
    for field in msgspec.structs.fields(section):
        more = extra(field.type)
        keys[field.name] = Key(
            section=section.NAME,
            name=field.name,
            kind=field.type,
            default=field.default,
            sentence=_sentence(field.type),
            internal=more.get("internal", False),
            live=more.get("live", True),
        )
    return keys


def public_keys(section: type[Section]) -> Mapping[str, Key]:
    """Return the keys that people may set."""
    return {name: key for name, key in keys_of(section).items() if not key.internal}


def sections_of(sections: type[Sections]) -> Mapping[str, type[Section]]:
    """Return the sections by name, in their order."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(sections)}


@functools.cache
def _attributes(sections: type[Sections]) -> Mapping[str, str]:
    """Return the field of each section: named like it, unless that is a keyword of Python."""
    return {field.encode_name: field.name for field in msgspec.structs.fields(sections)}


def check_order(
    section: type[Section], values: Mapping[str, Any], origins: Mapping[str, str] | None = None
) -> None:
    """Refuse a range that ends before it begins.

    Parameters
    ----------
    section : type
        Whose pairs (`ORDERED`) are checked.
    values : mapping
        The value of each key.
    origins : mapping, optional
        Where each value stands.

    Raises
    ------
    SettingError
        A key exceeds the one that bounds it.
    """
    for low, high in section.ORDERED:
        if low in values and high in values and values[low] > values[high]:
            ends = []
            for key in (low, high):
                origin = f", from {origins[key]}" if origins else ""
                ends.append(f"{section.NAME}.{key} ({values[key]}{origin})")
            raise SettingError(f"{ends[0]} must not exceed {ends[1]}.")


def unknown_setting(
    section: str,
    key: str,
    known: Mapping[str, Mapping[str, object]],
    *,
    origin: str = "",
    spell: Callable[[str, str], str] = "{}.{}".format,
) -> SettingError:
    """Return the error of a section or key that is not known; it names the nearest one.

    Parameters
    ----------
    section, key : str
        What was asked for; the key or the section may be empty.
    known : mapping
        The keys of each section.
    origin : str
        Where it stands.
    spell : callable
        How a setting is spelt there, of section and key.
    """
    start = f"{origin}: there" if origin else "There"
    if section and section not in known:
        near = nearest(section, known)
        hint = f"the sections are {', '.join(known)}." if near is None else f"did you mean {near}?"
        return SettingError(f"{start} is no section {section}; {hint}")
    name = f"{section}.{key}" if section else key or '""'
    return SettingError(f"{start} is no setting {name}; {_hint(section, key, known, spell)}")


def _hint(
    section: str,
    key: str,
    known: Mapping[str, Mapping[str, object]],
    spell: Callable[[str, str], str],
) -> str:
    """Return what an unknown key most likely meant."""
    for other, keys in known.items():  # the right key in the wrong section
        if key in keys:
            return f"did you mean {spell(other, key)}?"
    if not section:
        return f"write it as section.key; the sections are {', '.join(known)}."
    near = nearest(key, known[section])
    if near is None:
        return f"{section} knows {', '.join(known[section])}."
    return f"did you mean {spell(section, near)}?"


def _sentence(kind: Any) -> str:
    """Return the sentence of a declaration."""
    info = inspect.type_info(kind)
    schema = info.extra_json_schema if isinstance(info, inspect.Metadata) else None
    return str((schema or {}).get("description", ""))
