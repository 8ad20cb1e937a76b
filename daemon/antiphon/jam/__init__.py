"""A jam: the one place where all parts meet."""

from antiphon.jam.running import run

__all__ = ["run"]
