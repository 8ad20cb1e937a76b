"""Export names of a package, and import their modules only when a name is used.

Settings are read before numpy is loaded (`antiphon.jam.running` says why). But
importing `antiphon.partner.settings` runs `antiphon/partner/__init__.py` first, so that
file must not import the modules that need numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def deferred(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return a `__getattr__` for a package: it imports a module when its first name is used.

    Parameters
    ----------
    package : str
        The package's `__name__`.
    modules : mapping of str to tuple of str
        The names that the package exports from each of its modules.
    """
    homes = {name: module for module, names in modules.items() for name in names}

    def get(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return get
