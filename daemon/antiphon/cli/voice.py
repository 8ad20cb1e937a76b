"""How much is said on stderr: -q, nothing, -v or -vv."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Voice:
    """How much to say.

    Attributes
    ----------
    level : int
        -1 with -q, 0 by default, 1 with -v, 2 with -vv.
    """

    level: int = 0

    @classmethod
    def of(cls, options: Sequence[str]) -> Voice:
        """Return the voice that the shared options ask for; -q wins."""
        if any(option in ("-q", "--quiet") for option in options):
            return cls(-1)
        louder = sum(1 if option == "--verbose" else len(option) - 1 for option in options)
        return cls(min(louder, 2))

    @property
    def quiet(self) -> bool:
        """Whether only failures are said."""
        return self.level < 0

    @property
    def verbose(self) -> bool:
        """Whether a failure shows its traceback."""
        return self.level > 0

    def set_up(self) -> None:
        """Let the logs through that this voice allows."""
        level = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}.get(
            self.level, logging.DEBUG
        )
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")

    def say(self, sentence: str) -> None:
        """Say a sentence on stderr, unless asked to be quiet."""
        if not self.quiet:
            typer.echo(sentence, err=True)
