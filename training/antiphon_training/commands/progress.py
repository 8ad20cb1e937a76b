"""Progress on stderr, while files are parsed and while a network is trained.

On a terminal it is a bar (rich), elsewhere one line an epoch. Losses are means over
notes, times are seconds.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from antiphon_training.fitting.callbacks import Losses
    from antiphon_training.kinds.setup import Plan


def console() -> Console:
    """Return a console of rich on stderr."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def counting(bar: Progress, title: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show how many of something are done, on the bar of another's display."""
    task = bar.add_task(title, total=None, figures="")

    def show(done: int, total: int | None) -> None:
        figures = str(done) if total is None else f"{done}/{total}"
        bar.update(task, completed=done, total=total, figures=figures)

    try:
        yield show
    finally:
        bar.remove_task(task)


@contextmanager
def parsing(
    name: str, quiet: bool, bar: Progress | None = None
) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many files of a corpus are parsed, if stderr is a terminal.

    It is a bar of its own, unless there is a display with one already.
    """
    if bar is not None:
        with counting(bar, f"reading {name}") as show:
            yield show
        return
    terminal = console()
    if quiet or not terminal.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=terminal, transient=True) as own:
        task = own.add_task(f"reading {name}", total=None)
        yield lambda done, total: own.update(task, completed=done, total=total)


class TrainingProgress:
    """A `Listener` that writes to stderr; use it as a context.

    Parameters
    ----------
    fields : sequence of str
        The fields of the codec.
    quiet : bool
        Whether to write nothing at all.
    terminal : Console, optional
        The terminal; stderr when not given.
    unit : str
        The unit of the losses.
    clock : callable
        Returns seconds.
    bar : Progress, optional
        The bar of a display that has one already, whose tasks have a field `figures`; one of
        its own when not given.
    """

    def __init__(
        self,
        fields: Sequence[str],
        quiet: bool = False,
        terminal: Console | None = None,
        unit: str = "nats",
        clock: Callable[[], float] = time.monotonic,
        bar: Progress | None = None,
    ) -> None:
        self._fields, self._quiet, self._clock = tuple(fields), quiet, clock
        self._plan: Plan | None = None
        self._terminal, self._unit = terminal or console(), unit
        self._bar = bar
        self._own: Progress | None = None
        self._task: Any = None
        self._since = clock()
        self._steps_seen = 0
        self._ends = math.inf
        self.epoch = 0
        self.done = 0

    def __enter__(self) -> TrainingProgress:
        """Start the bar, on a terminal."""
        if self._bar is None and self._terminal.is_terminal and not self._quiet:
            columns = (TextColumn("{task.description}"), BarColumn(bar_width=20))
            text = TextColumn("{task.fields[figures]}")
            self._bar = self._own = Progress(*columns, text, console=self._terminal, transient=True)
            self._own.start()
        if self._bar:
            self._task = self._bar.add_task("making ready", total=None, figures="")
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the bar."""
        if self._own:
            self._own.stop()
        elif self._bar:
            self._bar.remove_task(self._task)

    def begins(self, plan: Plan, parts_done: int, hours_done: float) -> None:
        """Write that the run is resumed, if it is."""
        self._plan, self.done = plan, parts_done
        if plan.hours is not None:
            self._ends = self._clock() + 3600.0 * (plan.hours - hours_done)
        if parts_done and not self._quiet:
            self._write(f"resuming after {plan.place(parts_done, ' of ')}")

    @property
    def plan(self) -> Plan:
        """The plan of the run, which is known after `begins`."""
        assert self._plan is not None, "`begins` comes first"
        return self._plan

    def epoch_begins(self, number: int) -> None:
        """Reset the bar for a part; the clock starts at the end of the first step."""
        self.epoch = number
        if self._bar:
            title, steps = self.plan.place(number), self.plan.steps_a_part
            self._bar.reset(self._task, description=title, total=steps, figures="")

    def batch_ends(self, losses: Losses) -> None:
        """Move the bar by a step."""
        if self._steps_seen == 0:  # the first step compiles, so its time is no measure
            self._since = self._clock()
        self._steps_seen += 1
        if self._bar:
            text = self._figures(losses, self._parts_left())
            self._bar.update(self._task, advance=1, figures=text)

    def epoch_ends(self, number: int, losses: Losses) -> None:
        """Write the line of a part."""
        self.done = number
        if not self._quiet:
            value = losses.get("val_loss")
            validation = "" if value is None else f" · validation {value:.3f}"
            left = self.plan.all_parts - number
            text = self._figures(losses, left, validation)
            self._write(f"{self.plan.place(number)}: {text}")

    def _parts_left(self) -> float:
        steps = self.plan.steps_a_part
        done = (self._steps_seen % steps or steps) / steps
        return self.plan.all_parts - self.epoch + 1 - done

    def _figures(self, losses: Losses, parts_left: float, validation: str | None = None) -> str:
        """Return a line; without validation a short one, which fits beside a bar."""
        text = f"{losses.get('loss', float('nan')):.3f} {self._unit}"
        if validation is not None:
            by_field = [(name, losses.get(f"{name}_loss")) for name in self._fields]
            parts = [f"{name} {loss:.2f}" for name, loss in by_field if loss is not None]
            if "accuracy" in losses:
                parts.append(f"accuracy {losses['accuracy']:.1%}")
            text += (f" ({', '.join(parts)})" if parts else "") + validation
        pace = self._seconds_a_step()
        if pace is None:
            return text
        notes = self.plan.notes_a_step / pace
        left = parts_left * self.plan.steps_a_part * pace
        if self._ends < math.inf:
            left = min(left, max(self._ends - self._clock(), 0.0))
        return f"{text} · {notes:,.0f} notes/s · {duration_in_words(left)} to go"

    def _seconds_a_step(self) -> float | None:
        passed = self._clock() - self._since
        return passed / (self._steps_seen - 1) if self._steps_seen > 1 and passed > 0 else None

    def _write(self, line: str) -> None:
        (self._bar.console if self._bar else self._terminal).print(line, markup=False)


def duration_in_words(seconds: float) -> str:
    """Return a time as people say it: "2 h 05 min", "7 min", "40 s"."""
    minutes = round(seconds / 60.0)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min" if seconds >= 90 else f"{seconds:.0f} s"
