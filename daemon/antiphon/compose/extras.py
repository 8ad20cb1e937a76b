"""The additions of `antiphon[train]` to composing, found as entry points.

The group `WRITERS` holds writers of more kinds of files, by suffix; the group `SEEDS`
holds finders of beginnings in corpora, by the word after --seed-from. So this package
imports nothing of training.
"""

from __future__ import annotations

import functools
from importlib import metadata
from typing import TYPE_CHECKING, Any

from antiphon.errors import AntiphonError
from antiphon.resources import INSTALL_TRAINING

if TYPE_CHECKING:
    from collections.abc import Callable

WRITERS = "antiphon.writers"
SEEDS = "antiphon.seeds"


def names(group: str) -> list[str]:
    """Return the names of the entry points of a group, sorted."""
    return sorted({entry.name for entry in metadata.entry_points(group=group)})


def load(group: str, name: str, purpose: str) -> Callable[..., Any] | None:
    """Return the function of an entry point, or None where there is no such name.

    Parameters
    ----------
    group, name : str
        Group and name of the entry point.
    purpose : str
        The purpose to name in an error: "to write MusicXML".

    Raises
    ------
    AntiphonError
        A package that it needs is not installed. The function raises this too.
    """
    for entry in metadata.entry_points(group=group):
        if entry.name == name:
            try:
                return _guarded(entry.load(), purpose)
            except ModuleNotFoundError as error:
                raise _missing(purpose, error) from error
    return None


def _guarded(function: Callable[..., Any], purpose: str) -> Callable[..., Any]:
    """Return the function with an error that says how to install a missing package."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as error:
            raise _missing(purpose, error) from error

    return guarded


def _missing(purpose: str, error: ModuleNotFoundError) -> Exception:
    """Return the error to raise; if a module of antiphon itself is missing, that is a bug."""
    package = (error.name or "").partition(".")[0]
    if package == "antiphon":
        return error
    return AntiphonError(
        f"The packages of training are needed {purpose} (there is no {package}): "
        f"{INSTALL_TRAINING}."
    )
