"""What training adds to composing, found by name, so that nothing here imports it.

Writers of more kinds of files (the entry points `WRITERS`, by suffix) and finders
of beginnings in corpora (`SEEDS`, by the word after --seed-from).
"""

from __future__ import annotations

import functools
from importlib import metadata
from typing import TYPE_CHECKING, Any

from antiphon.errors import AntiphonError

if TYPE_CHECKING:
    from collections.abc import Callable

WRITERS = "antiphon.writers"
SEEDS = "antiphon.seeds"


def names(group: str) -> list[str]:
    """Return the names of the entry points of a group, sorted."""
    return sorted({entry.name for entry in metadata.entry_points(group=group)})


def load(group: str, name: str, purpose: str) -> Callable[..., Any] | None:
    """Return the function behind an entry point; None where there is no such name.

    Parameters
    ----------
    group, name : str
        Of the entry point.
    purpose : str
        What it is needed for, for the error: "to write MusicXML".

    Raises
    ------
    AntiphonError
        A package that it needs is not installed; the function may raise it too.
    """
    for entry in metadata.entry_points(group=group):
        if entry.name == name:
            try:
                return _guarded(entry.load(), purpose)
            except ModuleNotFoundError as error:
                raise _missing(purpose, error) from error
    return None


def _guarded(function: Callable[..., Any], purpose: str) -> Callable[..., Any]:
    """Return a function that says how to install what it lacks."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as error:
            raise _missing(purpose, error) from error

    return guarded


def _missing(purpose: str, error: ModuleNotFoundError) -> Exception:
    """Return what to raise: a missing part of our own is a fault of ours."""
    package = (error.name or "").partition(".")[0]
    if package == "antiphon":
        return error
    return AntiphonError(
        f"The packages of training are needed {purpose} (there is no {package}): "
        "pip install 'antiphon[train]'."
    )
