"""A jam: the one place where all parts meet."""

from antiphon.jam.session import run

__all__ = ["run"]
