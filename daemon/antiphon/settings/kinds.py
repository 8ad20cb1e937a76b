"""The kinds of settings: convert a value to its setting's type, and name the type in words.

A setting is declared in its section as a type with a range, a sentence and a
default:

    pause: Annotated[float, Meta(ge=0.05, le=60.0, description="How long ...")] = 0.6

`Meta(extra=...)` says what a type cannot: `FIXED` and `INTERNAL`, or
`{"choices": words}` for a text that must be one of some words.

Channels and programs are counted from 1, as people count them. A text may have up
to three words besides a name or a path: "auto" lets Antiphon choose, "none"
switches off, "house" is what comes with Antiphon.
"""

from __future__ import annotations

import json
import math
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, inspect

if TYPE_CHECKING:
    from collections.abc import Iterable

Channel = Annotated[int, Meta(ge=1, le=16)]
Program = Annotated[int, Meta(ge=1, le=128)]
Pitch = Annotated[int, Meta(ge=0, le=127)]
Temperature = Annotated[float, Meta(ge=0.01, le=10.0)]
# A path, or one of the words above. A relative path in a settings file is taken
# from the file's own folder.
PathOrWord = Annotated[str, Meta(extra={"path": True})]
WORDS = ("auto", "none", "house")

FIXED = {"live": False}
"""The setting cannot change while playing."""

INTERNAL = {"internal": True}
"""Only code gives the setting: no file, variable, option or command does."""

_YES_NO = {"on": "true", "yes": "true", "off": "false", "no": "false"}


class NoHomeError(ValueError):
    """A path begins with `~somebody`, and there is no such user."""


def convert(value: object, kind: Any, *, from_text: bool) -> Any:
    """Return a value as its setting's type, `~` in a path expanded.

    Parameters
    ----------
    value : object
        A value of a TOML file or an option, or the text of a variable.
    kind : type
        The setting's type.
    from_text : bool
        Whether "1.5" may stand for 1.5 and "on" for true.

    Raises
    ------
    NoHomeError
        It is a path in the home of somebody who has none.
    ValueError
        It is not of that type, out of its range, or none of its words.
    """
    if from_text and isinstance(value, str):
        value = _spelt(value, kind)
    if isinstance(value, float):
        value = float(value)  # NumPy's float is one too, but msgspec takes none of its kin
    converted = msgspec.convert(value, kind, strict=not from_text)
    if isinstance(converted, float) and not math.isfinite(converted):
        raise ValueError("not a finite number")
    if isinstance(converted, str):
        choices = extra(kind).get("choices")
        if choices is not None and converted not in choices:
            raise ValueError("none of the words")
        if is_path(kind) and converted.startswith("~"):
            return _in_home(converted)
    return converted


def describe(kind: Any) -> str:
    """Return what a setting may be, as the end of "must be ...".

    >>> describe(bool)
    'true or false'
    """
    choices = extra(kind).get("choices")
    return _any_of(choices) if choices else _describe(inspect.type_info(kind))


def limits(kind: Any) -> str:
    """Return the range of a number as a sentence; empty where there is none.

    >>> limits(Channel)
    'From 1 to 16.'
    """
    info = inspect.type_info(kind)
    while isinstance(info, inspect.Metadata):
        info = info.type
    parts = info.types if isinstance(info, inspect.UnionType) else (info,)
    for part in parts:
        if isinstance(part, inspect.IntType | inspect.FloatType):
            words = _range(part.ge, part.le).strip().removeprefix("of ")
            return f"{words[:1].upper()}{words[1:]}." if words else ""
    return ""


def extra(kind: Any) -> dict[str, Any]:
    """Return what `Meta(extra=...)` says of a setting."""
    info = inspect.type_info(kind)
    return dict(info.extra or {}) if isinstance(info, inspect.Metadata) else {}


def is_path(kind: Any) -> bool:
    """Return whether a text setting names a file or folder."""
    return bool(extra(kind).get("path"))


def shown(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def nearest(name: str, known: Iterable[str], *, alike: float = 0.5) -> str | None:
    """Return the known name that a misspelt one most likely meant.

    `alike` is how much of the two must agree, from 0 to 1.
    """
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=alike)
    return found[0] if found else None


def _in_home(path: str) -> str:
    """Return a path with its `~` expanded."""
    try:
        return str(Path(path).expanduser())
    except RuntimeError as error:
        raise NoHomeError(path) from error


def _spelt(text: str, kind: Any) -> str:
    """Return a text as msgspec spells it: "on" as "true" where the setting is true or false."""
    info = inspect.type_info(kind)
    while isinstance(info, inspect.Metadata):
        info = info.type
    return _YES_NO.get(text.lower(), text.lower()) if isinstance(info, inspect.BoolType) else text


def _describe(info: inspect.Type) -> str:
    """Return a type in words."""
    match info:
        case inspect.Metadata(type=inner):
            return _describe(inner)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=low, le=high):
            return "a whole number" + _range(low, high)
        case inspect.FloatType(ge=low, le=high, gt=above, lt=below):
            return "a number" + _range(low, high, above, below)
        case inspect.LiteralType(values=values):
            return _any_of(values)
        case inspect.UnionType(types=types):
            return " or ".join(_describe(part) for part in types)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            some = "a list" if not info.min_length else "a list that is not empty, and"
            return f"{some} of which each is {_describe(item)}"
        case _:
            return "a text"


def _any_of(words: Iterable[object]) -> str:
    """Return words to choose from."""
    return " or ".join(f'"{word}"' for word in words)


def _range(
    low: float | None,
    high: float | None,
    above: float | None = None,
    below: float | None = None,
) -> str:
    """Return a range in words, with the space before it; the last two are not in it."""
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    bounds = (("of at least", low), ("above", above), ("of at most", high), ("below", below))
    return " and".join(f" {words} {bound:g}" for words, bound in bounds if bound is not None)
