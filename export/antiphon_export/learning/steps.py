"""Steps of one order, each of which is done once.

A step is known by a key: a digest of its options and of the key of the step before it. The
keys of the steps that are done are kept in a file. A step is done again where its key is
another, or one of its files is gone; then the steps after it are done again, too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.progress import Progress

from antiphon.errors import TrainingError
from antiphon.whole_file import whole_file
from antiphon_training.notation.engraving import pages_at


class Display(Protocol):
    """Where the progress over all steps is shown. Numbers of steps count from 1."""

    @property
    def bar(self) -> Progress | None:
        """The bar of the step that is being done; None where there is no terminal."""

    def begins(self, number: int) -> None:
        """Show that a step begins."""

    def was_done(self, number: int) -> None:
        """Show that a step was done before."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes
    ----------
    name : str
        Its name in the file of keys.
    title : str
        What it does, as the user reads it.
    options : mapping
        All that its result depends on besides the steps before it, as JSON values.
    files : tuple of Path
        The files that it leaves; a picture may have become several, one a page.
    do : callable
        Does it, and shows how far it is on a bar, if there is one.
    """

    name: str
    title: str
    options: Mapping[str, Any]
    files: tuple[Path, ...]
    do: Callable[[Progress | None], None]


def do_steps(steps: Sequence[Step], kept: Path, display: Display) -> None:
    """Do the steps in their order, except those that are done already.

    Parameters
    ----------
    steps : sequence of Step
        Each may use the files of those before it.
    kept : Path
        The file of the keys of the steps that are done.
    display : Display
        Shows which step is being done.

    Raises
    ------
    TrainingError
        The file of keys cannot be written.
    """
    done = _read(kept)
    key = ""
    again = False
    for number, step in enumerate(steps, 1):
        key = _digest(step.options, key)
        again = again or done.get(step.name) != key or not all(map(pages_at, step.files))
        if not again:
            display.was_done(number)
            continue
        display.begins(number)
        for stale in steps[number - 1 :]:  # a stop on the way leaves none of them done
            done.pop(stale.name, None)
        _write(kept, done)
        step.do(display.bar)
        done[step.name] = key
        _write(kept, done)


def _digest(options: Mapping[str, Any], before: str) -> str:
    text = json.dumps([before, options], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _read(kept: Path) -> dict[str, str]:
    """Return the keys of the steps that are done; none where the file is not there or broken."""
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found) if isinstance(found, dict) else {}


def _write(kept: Path, done: Mapping[str, str]) -> None:
    try:
        with whole_file(kept, sync=True) as unfinished:
            unfinished.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise TrainingError(
            f"{kept} cannot be written: {error.strerror or error}; make room, and the same "
            "command goes on."
        ) from error
