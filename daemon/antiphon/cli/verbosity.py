"""How much the commands print on stderr: -q, nothing, -v or -vv."""

from __future__ import annotations

import contextlib
import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Stderr(logging.Handler):
    """Writes to the current `sys.stderr`, which the piano roll replaces while it runs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; it is lost where stderr is closed."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Verbosity:
    """How much to print.

    Attributes
    ----------
    level : int
        -1 with -q, 0 by default, 1 with -v, 2 with -vv.
    """

    level: int = 0

    @classmethod
    def of(cls, options: Sequence[str]) -> Verbosity:
        """Return the verbosity that the shared options ask for; -q wins."""
        if any(option in ("-q", "--quiet") for option in options):
            return cls(-1)
        louder = sum(1 if option == "--verbose" else len(option) - 1 for option in options)
        return cls(min(louder, 2))

    @property
    def quiet(self) -> bool:
        """Whether only failures are printed."""
        return self.level < 0

    @property
    def verbose(self) -> bool:
        """Whether a failure shows its traceback."""
        return self.level > 0

    def set_up(self) -> None:
        """Set the level and format of the log."""
        level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(
            self.level, logging.DEBUG
        )
        # A musician reads plain sentences; with -v each says which module logged it.
        form = "%(levelname)s %(name)s: %(message)s" if self.verbose else "antiphon: %(message)s"
        logging.basicConfig(level=level, format=form, handlers=[_Stderr()])

    def say(self, sentence: str) -> None:
        """Print a sentence on stderr, unless -q was given."""
        if not self.quiet:
            typer.echo(sentence, err=True)
