"""Training curves: how the losses of one or several runs fell, epoch by epoch.

They are read from `log.csv`: a column a loss, and those of the watched pieces
after `val_`. Whatever columns a network logs are drawn; nothing is known here of
what they mean.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from antiphon.errors import TrainingError
from antiphon.file_names import readable
from antiphon_training.fitting.run_folder import LOG
from antiphon_training.plots.drawing import COLOURS, INK, heading, look, new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

WATCHED = "val_"
WHOLE, PART = "loss", "_loss"
"""The loss that is minimised, and the end of the names of its parts."""

COLUMNS = 4
UNTOLD = ("epoch", "learning_rate")
"""What a log holds besides measures."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What a run logged.

    Attributes
    ----------
    name : str
        What the legend calls it.
    epochs : array, shape (epochs,)
        Counted from 1.
    columns : mapping of str to array, shape (epochs,)
        Every measure, by its name in the log; NaN where a line lacks it.
    """

    name: str
    epochs: NDArray[np.float64]
    columns: Mapping[str, NDArray[np.float64]]

    @property
    def measures(self) -> list[str]:
        """Names of what was measured, the whole loss first, without what was watched."""
        names = [name for name in self.columns if not name.startswith(WATCHED)]
        return sorted(names, key=lambda name: name != WHOLE)


def read_curves(run: Path) -> Curves:
    """Return what a run logged.

    Raises
    ------
    TrainingError
        The folder holds no log, or one without an epoch.
    """
    path = run / LOG
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        epochs = np.array([float(row["epoch"]) + 1.0 for row in rows])
        names = [name for name in (rows[0] if rows else ()) if name and name not in UNTOLD]
        columns = {name: np.array([_number(row[name]) for row in rows]) for name in names}
    except OSError as error:
        raise TrainingError(
            f"{run} is no training run: it has no {LOG}; name the --out folder of `antiphon train`."
        ) from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise TrainingError(f"{path} is no log of a training run: {error}.") from error
    if not len(epochs) or not columns:
        raise TrainingError(f"{path} tells of no epoch yet; wait for the first to end.")
    return Curves(readable(run.resolve().name), epochs, columns)


def training_curves(runs: Sequence[Curves]) -> Figure:
    """Return a picture of what was logged: a panel a measure, a colour a run.

    What was watched is drawn whole, what was trained on thin; a point marks the
    best epoch.
    """
    measures = list(dict.fromkeys(name for run in runs for name in run.measures))
    columns = min(COLUMNS, max(len(measures) - 1, 1))
    below = math.ceil((len(measures) - 1) / columns)
    with look():
        figure = new_figure(10.0, 4.4 + 2.3 * below)
        grid = figure.add_gridspec(1 + below, columns, height_ratios=[1.7] + [1.0] * below)
        for index, measure in enumerate(measures):
            row, column = divmod(index - 1, columns)
            whole = index == 0
            ax = figure.add_subplot(grid[0, :] if whole else grid[1 + row, column])
            for run, colour in zip(runs, _colours(len(runs)), strict=True):
                _draw(ax, run, measure, colour, 1.6 if whole else 1.2)
            ax.set_title(_title(measure))
            ax.grid(visible=True)
            ticks = MaxNLocator(8 if whole else 4, steps=[1, 2, 5, 10], integer=True)
            ax.xaxis.set_major_locator(ticks)
            ax.margins(x=0.02)
            if whole:
                ax.set_xlabel("epoch")
                _leave_out_the_first(ax, runs, measure)
                ax.legend(handles=_legend(runs), loc="upper right")
        heading(figure, "Training" if len(runs) > 1 else f"Training of {runs[0].name}")
    return figure


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def _draw(ax: Any, run: Curves, measure: str, colour: str, width: float) -> None:
    """Draw one measure of one run, and mark its best epoch."""
    trained = run.columns.get(measure)
    watched = run.columns.get(WATCHED + measure)
    if trained is not None:
        thin = watched is not None
        ax.plot(run.epochs, trained, color=colour, linewidth=width * (0.7 if thin else 1.0),
                alpha=0.6 if thin else 1.0, linestyle=(0, (4, 2)) if thin else "-")  # fmt: skip
    if watched is None:
        return
    ax.plot(run.epochs, watched, color=colour, linewidth=width)
    if measure == WHOLE and np.isfinite(watched).any():
        best = int(np.nanargmin(watched))
        ax.plot(run.epochs[best], watched[best], "o", color=colour, markersize=5)
        ax.annotate(f"{watched[best]:.3f}", (run.epochs[best], watched[best]), color=colour,
                    xytext=(0, 8), textcoords="offset points", ha="center")  # fmt: skip


def _leave_out_the_first(ax: Any, runs: Sequence[Curves], measure: str) -> None:
    """Let a steep first fall leave the picture where it would flatten all that follows."""
    curves = [run.columns[name] for run in runs for name in (measure, WATCHED + measure)
              if name in run.columns]  # fmt: skip
    later = np.concatenate([curve[len(curve) // 8 :] for curve in curves])
    later = later[np.isfinite(later)]
    if len(later) < 2:
        return
    low, high = float(later.min()), float(later.max())
    room = 0.08 * (high - low) or 0.5
    ax.set_ylim(low - 2 * room, high + 4 * room)


def _legend(runs: Sequence[Curves]) -> list[Any]:
    """Return a line a run where there are several, and what the strokes stand for."""
    lines = [
        Line2D([], [], color=colour, linewidth=1.8, label=run.name)
        for run, colour in zip(runs, _colours(len(runs)), strict=True)
    ]
    colour = COLOURS[0] if len(runs) == 1 else INK
    strokes = [Line2D([], [], color=colour, linewidth=1.0, linestyle=(0, (4, 2)),
                      label="trained on")]  # fmt: skip
    if any(name.startswith(WATCHED) for run in runs for name in run.columns):
        strokes.insert(0, Line2D([], [], color=colour, linewidth=1.8, label="watched"))
    return [*(lines if len(runs) > 1 else []), *strokes]


def _title(measure: str) -> str:
    """Return a measure's name as people say it."""
    return measure.removesuffix(PART).replace("_", " ")


def _number(text: str | None) -> float:
    return float(text) if text else math.nan
