"""The ways of playing, a module each."""

from antiphon.partner.modes.table import MODES

__all__ = ["MODES"]
