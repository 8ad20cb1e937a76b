"""Hand on names of a package without importing its modules before one is asked for.

A room's settings are read before numpy is loaded (`antiphon.jam.running` says
why), and importing `antiphon.partner.settings` runs `antiphon/partner/__init__.py`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deferred(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return a package's `__getattr__`, which imports a module with the first of its names.

    Parameters
    ----------
    package : str
        The package's `__name__`.
    modules : mapping of str to tuple of str
        The names that each module of the package hands on.
    """
    homes = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return get
