"""What `antiphon learn` shows: one display of all steps on a terminal, elsewhere a line a step.

On a terminal the steps stand under each other, and below them is one bar, that of the step
that is being done. What a step says scrolls past above them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TextIO

from rich.console import Console, Group
from rich.file_proxy import FileProxy
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn
from rich.spinner import Spinner
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from rich.console import RenderableType

    from antiphon.cli.verbosity import Verbosity
    from antiphon_export.learning.steps import Display

BAR = 20
"""Characters of the bar."""


@contextmanager
def shown(titles: Sequence[str], verbosity: Verbosity) -> Iterator[Display]:
    """Show steps of these titles on stderr, while the block runs.

    With -v libraries write what they like to stderr, so there it is a line a step, too.
    """
    if verbosity.quiet or verbosity.verbose or not sys.stderr.isatty():
        yield Lines(titles, verbosity.say)
        return
    # Libraries' messages on stderr are sent elsewhere at times; the display stays.
    with (
        os.fdopen(os.dup(sys.stderr.fileno()), "w") as terminal,
        Board(titles, Console(file=terminal, highlight=False, soft_wrap=True)) as board,
    ):
        yield board


@dataclass(frozen=True, slots=True)
class Lines:
    """A line for each step when it begins."""

    titles: Sequence[str]
    say: Callable[[str], None]
    bar: ClassVar[None] = None

    def begins(self, number: int) -> None:
        """Show that a step begins; the first has the number 1."""
        self.say(heading(self.titles, number))

    def was_done(self, number: int) -> None:
        """Show that a step was done before."""
        self.say(f"{heading(self.titles, number)}: done before")


@dataclass(eq=False)
class Board:
    """All steps at once, each with its state, and a bar; use it as a context.

    Attributes
    ----------
    titles : sequence of str
        What the steps do.
    console : Console
        The terminal.
    bar : Progress
        Where a step shows how far it is: its tasks have a field `figures`.
    """

    titles: Sequence[str]
    console: Console
    bar: Progress = field(init=False)

    def __post_init__(self) -> None:
        """Make the bar and the live display, which both draw on the console."""
        figures = TextColumn("{task.fields[figures]}")
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=BAR), figures)
        self.bar = Progress(*columns, console=self.console, auto_refresh=False)
        self._states = [""] * len(self.titles)
        self._now: int | None = None
        self._spinner = Spinner("line")
        self._streams = (sys.stdout, sys.stderr)
        self._live = Live(
            get_renderable=self._picture,
            console=self.console,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Board:
        """Begin to draw."""
        self._streams = out, err = sys.stdout, sys.stderr
        if out.isatty():  # what goes to a file or a pipe is no part of the display
            sys.stdout = _Above(self.console, out)
        sys.stderr = _Above(self.console, err)
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the steps on the terminal as they ended."""
        if kind is None:
            self._ends()
        self._now = None
        sys.stdout, sys.stderr = self._streams
        self._live.stop()

    def begins(self, number: int) -> None:
        """Show that a step begins, and that the one before it is done."""
        self._ends()
        self._now = number

    def was_done(self, number: int) -> None:
        """Show that a step was done before."""
        self._states[number - 1] = ": done before"

    def _ends(self) -> None:
        if self._now is not None:
            self._states[self._now - 1] = ": done"

    def _picture(self) -> RenderableType:
        rows: list[RenderableType] = []
        for number, state in enumerate(self._states, 1):
            text = Text(heading(self.titles, number) + state, no_wrap=True, overflow="ellipsis")
            if number == self._now:
                self._spinner.update(text=text)
            rows.append(self._spinner if number == self._now else Text("  ").append(text))
        return Group(*rows, self.bar)


class _Above(FileProxy):
    """A stream that prints above the display.

    Rich's own tells no encoding, and so `typer.echo` would write around it.
    """

    def __init__(self, console: Console, stream: TextIO) -> None:
        super().__init__(console, stream)
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What the stream does with characters that it cannot encode."""
        return self._stream.errors


def heading(titles: Sequence[str], number: int) -> str:
    """Return "[2/5] training"."""
    return f"[{number}/{len(titles)}] {titles[number - 1]}"
