"""Begin a mode of the list, whose module is imported only now."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from antiphon.partner.modes.table import MODES

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble
    from antiphon.partner.modes.mode import Mode


def begin(name: str, ensemble: Ensemble) -> Mode:
    """Return the mode of a name, at its beginning."""
    entry = MODES[name]
    module = import_module(f"antiphon.partner.modes.{entry.module}")
    mode: Mode = getattr(module, entry.kind)(ensemble)
    return mode
