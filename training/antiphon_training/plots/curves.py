"""Training curves: the losses of one or several runs, epoch by epoch.

They are read from `log.csv`, which has a column for each loss; `val_` before its name marks
that of validation. All columns that a network logs are drawn.
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

VALIDATION = "val_"
WHOLE, PART = "loss", "_loss"
"""The name of the loss that is minimised, and the end of the names of its parts."""

COLUMNS = 4
DONE = "epochs_done"
NO_MEASURES = ("epoch", DONE, "learning_rate")
"""Columns of a log that are no measures."""


@dataclass(frozen=True, slots=True)
class Curves:
    """The log of a run.

    Attributes
    ----------
    name : str
        Its name in the legend.
    epochs : array, shape (epochs,)
        Counted from 1; of a part of an epoch, the epochs done after it.
    columns : mapping of str to array, shape (epochs,)
        Every measure, by its name in the log; NaN where a line lacks it.
    """

    name: str
    epochs: NDArray[np.float64]
    columns: Mapping[str, NDArray[np.float64]]

    @property
    def measures(self) -> list[str]:
        """Names of the measures, the whole loss first, without those of validation."""
        names = [name for name in self.columns if not name.startswith(VALIDATION)]
        return sorted(names, key=lambda name: name != WHOLE)


def read_curves(run: Path) -> Curves:
    """Return the log of a run.

    Raises
    ------
    TrainingError
        The folder has no log, or the log has no epoch.
    """
    path = run / LOG
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        epochs = np.array([float(row.get(DONE) or float(row["epoch"]) + 1.0) for row in rows])
        names = [name for name in (rows[0] if rows else ()) if name and name not in NO_MEASURES]
        columns = {name: np.array([_number(row[name]) for row in rows]) for name in names}
    except OSError as error:
        raise TrainingError(
            f"{run} is no training run: it has no {LOG}; name the --out folder of `antiphon train`."
        ) from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise TrainingError(f"{path} is no log of a training run: {error}.") from error
    if not len(epochs) or not columns:
        raise TrainingError(f"{path} has no epoch yet; wait for the end of the first.")
    return Curves(readable(run.resolve().name), epochs, columns)


def training_curves(runs: Sequence[Curves]) -> Figure:
    """Return a picture of logs: a panel for each measure, a colour for each run.

    Validation is a solid line, training a thin dashed one; a point marks the best epoch.
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
                if whole and len(runs) == 1:
                    _tell_best(ax, run, colour)
            ax.set_title(_title(measure))
            ax.grid(visible=True)
            ticks = MaxNLocator(8 if whole else 4, steps=[1, 2, 5, 10], integer=True)
            ax.xaxis.set_major_locator(ticks)
            ax.margins(x=0.02)
            if whole:
                ax.set_xlabel("epoch")
                _leave_out_the_first(ax, runs, measure)
                # Beside the title, where no curve can be under it.
                lines = _legend(runs)
                ax.legend(
                    handles=lines, loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2,
                    ncols=min(len(lines), 5),
                )  # fmt: skip
        heading(figure, "Training" if len(runs) > 1 else f"Training of {runs[0].name}")
    return figure


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def _draw(ax: Any, run: Curves, measure: str, colour: str, width: float) -> None:
    """Draw one measure of one run, and mark its best epoch."""
    trained = run.columns.get(measure)
    validation = run.columns.get(VALIDATION + measure)
    if trained is not None:
        thin = validation is not None
        ax.plot(run.epochs, trained, color=colour, linewidth=width * (0.7 if thin else 1.0),
                alpha=0.6 if thin else 1.0, linestyle=(0, (4, 2)) if thin else "-")  # fmt: skip
    if validation is None:
        return
    ax.plot(run.epochs, validation, color=colour, linewidth=width)
    if measure == WHOLE and np.isfinite(validation).any():
        best = int(np.nanargmin(validation))
        ax.plot(run.epochs[best], validation[best], "o", color=colour, markersize=5)


def _best(run: Curves) -> tuple[float, float] | None:
    """Return the epoch and the value of the lowest validation loss."""
    validation = run.columns.get(VALIDATION + WHOLE)
    if validation is None or not np.isfinite(validation).any():
        return None
    best = int(np.nanargmin(validation))
    return float(run.epochs[best]), float(validation[best])


def _tell_best(ax: Any, run: Curves, colour: str) -> None:
    """Write the lowest validation loss under its point: no lower value is on the curve."""
    best = _best(run)
    if best is not None:
        ax.annotate(f"{best[1]:.3f}", best, color=colour, xytext=(0, -8), va="top",
                    textcoords="offset points", ha="center")  # fmt: skip


def _leave_out_the_first(ax: Any, runs: Sequence[Curves], measure: str) -> None:
    """Set the range of the axis by the later epochs: a steep beginning would flatten them."""
    curves = [run.columns[name] for run in runs for name in (measure, VALIDATION + measure)
              if name in run.columns]  # fmt: skip
    later = np.concatenate([curve[len(curve) // 8 :] for curve in curves])
    later = later[np.isfinite(later)]
    if len(later) < 2:
        return
    low, high = float(later.min()), float(later.max())
    room = 0.08 * (high - low) or 0.5
    ax.set_ylim(low - 2 * room, high + 4 * room)


def _legend(runs: Sequence[Curves]) -> list[Any]:
    """Return the lines of the legend: the runs if there are several, and the line styles."""
    lines = [
        Line2D([], [], color=colour, linewidth=1.8, label=_label(run))
        for run, colour in zip(runs, _colours(len(runs)), strict=True)
    ]
    colour = COLOURS[0] if len(runs) == 1 else INK
    strokes = [Line2D([], [], color=colour, linewidth=1.0, linestyle=(0, (4, 2)),
                      label="training")]  # fmt: skip
    if any(name.startswith(VALIDATION) for run in runs for name in run.columns):
        strokes.insert(0, Line2D([], [], color=colour, linewidth=1.8, label="validation"))
    return [*(lines if len(runs) > 1 else []), *strokes]


def _label(run: Curves) -> str:
    """Return the name of a run among others, with its lowest validation loss."""
    best = _best(run)
    return run.name if best is None else f"{run.name} ({best[1]:.3f})"


def _title(measure: str) -> str:
    """Return a measure's name for a title."""
    return measure.removesuffix(PART).replace("_", " ")


def _number(text: str | None) -> float:
    return float(text) if text else math.nan
