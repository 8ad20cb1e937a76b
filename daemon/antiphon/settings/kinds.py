"""What a setting may be: convert a value to its type, and say the type in words."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Iterable

_YES_NO = {"on": "true", "yes": "true", "off": "false", "no": "false"}


def convert(value: object, kind: Any, *, from_text: bool) -> Any:
    """Return a value as its setting's type.

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
    ValueError
        It is not of that type, or out of its range.
    """
    if from_text and kind is bool and isinstance(value, str):
        value = _YES_NO.get(value.lower(), value.lower())
    converted = msgspec.convert(value, kind, strict=not from_text)
    if isinstance(converted, float) and not math.isfinite(converted):
        raise ValueError("not a finite number")
    return converted


def describe(kind: Any) -> str:
    """Return what a setting may be, as the end of "must be ...".

    >>> describe(bool)
    'true or false'
    """
    return _describe(inspect.type_info(kind))


def is_path(kind: Any) -> bool:
    """Return whether a text setting names a file or folder."""
    info = inspect.type_info(kind)
    return isinstance(info, inspect.Metadata) and bool((info.extra or {}).get("path"))


def nearest(name: str, known: Iterable[str], *, alike: float = 0.5) -> str | None:
    """Return the known name that a misspelt one most likely meant.

    `alike` is how much of the two must agree, from 0 to 1.
    """
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=alike)
    return found[0] if found else None


def _describe(info: inspect.Type) -> str:
    """Return a type in words."""
    match info:
        case inspect.Metadata(type=inner):
            return _describe(inner)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=low, le=high):
            return "a whole number" + _range(low, high)
        case inspect.FloatType(ge=low, le=high):
            return "a number" + _range(low, high)
        case inspect.LiteralType(values=values):
            return " or ".join(f'"{value}"' for value in values)
        case inspect.UnionType(types=types):
            return " or ".join(_describe(part) for part in types)
        case _:
            return "a text"


def _range(low: float | None, high: float | None) -> str:
    """Return a range in words, with the space before it."""
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f" of at least {low:g}"
    return "" if high is None else f" of at most {high:g}"
