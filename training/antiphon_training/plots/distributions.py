"""Distributions of a corpus: pitches, times, velocities and composers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import seaborn as sns
from matplotlib.ticker import FuncFormatter, NullFormatter

from antiphon_training.plots.drawing import COLOURS, heading, look, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from antiphon_training.corpora.corpus import Corpus

SHORTEST, LONGEST = 0.01, 10.0
"""Seconds or beats. Longer times are counted in the last bin, and shorter ones are not drawn:
the bar of simultaneous notes would be far too high."""

BINS = 60
VELOCITY_CLASS = 4
MOST_COMPOSERS = 25
UNKNOWN = "unknown"


def fields(corpus: Corpus) -> Figure:
    """Return the distributions of pitch, step, duration and velocity."""
    notes = corpus.notes
    with look():
        figure = new_figure(10.0, 6.2)
        pitch, step, duration, velocity = figure.subplots(2, 2).ravel()
        _pitches(pitch, notes["pitch"])
        steps = steps_of(corpus)
        _times(step, steps, COLOURS[2], corpus.time)
        at_once = float(np.mean(steps < SHORTEST)) if len(steps) else 0.0
        step.set_title(f"step ({at_once:.0%} are at once, and not drawn)")
        _times(duration, notes["duration"], COLOURS[1], corpus.time)
        duration.set_title("duration")
        sns.histplot(x=notes["velocity"], bins=np.arange(0, 129, VELOCITY_CLASS), stat="percent",
                     color=COLOURS[3], alpha=0.85, edgecolor="white", ax=velocity)  # fmt: skip
        velocity.set(xlim=(0, 128), xlabel="MIDI velocity", ylabel="% of notes")
        velocity.set_xticks(range(0, 129, 16))
        velocity.set_title("velocity")
        for ax in figure.get_axes():
            ax.grid(visible=True, axis="y")
        heading(figure, f"{corpus.name}: {len(notes):,} notes in {_files(len(corpus.files))}")
    return figure


def steps_of(corpus: Corpus) -> NDArray[np.float64]:
    """Return the time from each note to the next of the same piece, in the corpus' unit."""
    onsets = corpus.notes["onset"]
    first = np.zeros(len(onsets), dtype=bool)
    first[corpus.bounds[:-1][np.diff(corpus.bounds) > 0]] = True
    steps: NDArray[np.float64] = np.diff(onsets, prepend=0.0)[~first]
    return steps


def _pitches(ax: Any, pitches: NDArray[np.uint8]) -> None:
    sns.histplot(x=pitches, bins=np.arange(-0.5, 128), stat="percent", color=COLOURS[0],
                 alpha=0.85, edgecolor="white", linewidth=0.3, ax=ax)  # fmt: skip
    octaves = range(0, 128, 12)
    ax.set_xticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    low, high = (int(pitches.min()), int(pitches.max())) if len(pitches) else (48, 72)
    ax.set(xlim=(low - 3, high + 3), xlabel="", ylabel="% of notes")
    ax.set_title("pitch")


def _times(ax: Any, times: NDArray[np.float64], colour: str, unit: str) -> None:
    """Draw times on a logarithmic axis; longer ones are counted in the last bin."""
    edges = np.geomspace(SHORTEST, LONGEST, BINS + 1)
    inside = np.minimum(times[times >= edges[0]], edges[-1])
    weights = np.full(len(inside), 100.0 / max(len(times), 1))
    ax.hist(inside, bins=edges, weights=weights, color=colour, alpha=0.85, edgecolor="white",
            linewidth=0.3)  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(edges[0], edges[-1])
    marks = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
    ax.set_xticks(marks)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set(xlabel=unit, ylabel="% of notes")


def known_composers(corpus: Corpus) -> bool:
    """Return whether the composer of any file is known."""
    return any(corpus.composers)


def composers(corpus: Corpus) -> Figure:
    """Return a picture of the files and notes of each composer in a corpus."""
    files: dict[str, int] = {}
    notes: dict[str, int] = {}
    for index, composer in enumerate(corpus.composers):
        name = composer or UNKNOWN
        files[name] = files.get(name, 0) + 1
        notes[name] = notes.get(name, 0) + int(corpus.bounds[index + 1] - corpus.bounds[index])
    names = sorted(notes, key=lambda name: -notes[name])
    kept, rest = names[:MOST_COMPOSERS], names[MOST_COMPOSERS:]
    if len(rest) == 1:
        kept = names
    elif rest:
        others = f"{len(rest)} others"
        files[others] = sum(files[name] for name in rest)
        notes[others] = sum(notes[name] for name in rest)
        kept = [*kept, others]
    with look():
        figure = new_figure(9.0, 1.3 + 0.27 * len(kept))
        ax = figure.subplots()
        sns.barplot(x=[notes[name] for name in kept], y=kept, color=COLOURS[0], saturation=1.0,
                    width=0.72, ax=ax)  # fmt: skip
        for row, name in enumerate(kept):
            ax.annotate(_files(files[name]), (notes[name], row), xytext=(5, 0), va="center",
                        textcoords="offset points", fontsize=8.5, color="#6b7280")  # fmt: skip
        ax.margins(x=0.12)
        ax.set(xlabel="notes", ylabel="")
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.grid(visible=True, axis="x")
        known = len([name for name in names if name != UNKNOWN])
        heading(figure, f"{corpus.name}: {known} composer{'s' * (known != 1)}")
    return figure


def _files(count: int) -> str:
    return f"{count:,} file{'s' * (count != 1)}"
