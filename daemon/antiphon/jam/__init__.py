"""A jam: put all parts of the live side together and run them."""

from antiphon.jam.running import run

__all__ = ["run"]
