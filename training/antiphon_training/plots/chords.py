"""The frequencies of the chords of a corpus, before and after rare ones are dropped.

Chords are words of the symbols codec without their lengths: pitch classes in normal order,
joined by dots. Words of a single pitch are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import seaborn as sns
from matplotlib.ticker import FuncFormatter

from antiphon_training.plots.drawing import COLOURS, INK, heading, look, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

MOST_NAMED = 24
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def chord_frequencies(counts: Mapping[str, int], min_count: int, name: str) -> Figure:
    """Return a picture of how often each chord occurs, before and after rare ones are dropped.

    Parameters
    ----------
    counts : mapping of str to int
        The number of times that each word occurs.
    min_count : int
        Chords that occur less often are dropped.
    name : str
        The name of the corpus.
    """
    chords = only_chords(counts)
    ranked = sorted(chords.items(), key=lambda item: (-item[1], item[0]))
    heard = np.array([count for _, count in ranked], dtype=np.int64)
    kept = int(np.count_nonzero(heard >= min_count))
    with look():
        figure = new_figure(11.0, 6.4)
        grid = figure.add_gridspec(2, 2, width_ratios=(1.35, 1.0))
        before = figure.add_subplot(grid[0, 0])
        _ranks(before, heard, kept, min_count)
        before.set_title(f"before: {len(heard):,} chords, heard {heard.sum():,} times")
        after = figure.add_subplot(grid[1, 0], sharey=before)
        _ranks(after, heard[:kept], kept, min_count)
        share = int(heard[:kept].sum()) / max(int(heard.sum()), 1)
        after.set_title(f"after: {kept:,} chords, {share:.1%} of all that is heard")
        after.set_xlabel("chords, the most frequent first")
        _most_frequent(figure.add_subplot(grid[:, 1]), ranked[:MOST_NAMED], min_count)
        heading(figure, f"{name}: chords heard {min_count:,} times or more")
    return figure


def only_chords(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how often each chord occurs, in all its lengths together."""
    chords: dict[str, int] = {}
    for word, count in counts.items():
        chord = word.partition(":")[0]
        if chord[:1].isdigit():
            chords[chord] = chords.get(chord, 0) + count
    return chords


def _ranks(ax: Any, heard: Any, kept: int, min_count: int) -> None:
    """Draw how often each chord occurs, by rank."""
    ranks = np.arange(1, len(heard) + 1)
    ax.fill_between(ranks[:kept], heard[:kept], step="mid", color=COLOURS[0], alpha=0.85, lw=0)
    ax.fill_between(ranks[kept - 1 if kept else 0 :], heard[kept - 1 if kept else 0 :], step="mid",
                    color=COLOURS[1], alpha=0.6, lw=0)  # fmt: skip
    ax.axhline(min_count, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
    if kept < len(heard):
        ax.annotate(f"{min_count:,} times", (1.0, min_count), xycoords=("axes fraction", "data"),
                    xytext=(-2, 3), textcoords="offset points", ha="right",
                    fontsize=8.5)  # fmt: skip
    ax.set_yscale("log")
    ax.set_xlim(0.5, max(len(heard), 2) + 0.5)
    ax.set_ylim(bottom=0.7)
    ax.set_ylabel("times heard")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.grid(visible=True, axis="y")


def _most_frequent(ax: Any, ranked: list[tuple[str, int]], min_count: int) -> None:
    """Name the most frequent chords."""
    if not ranked:
        ax.set_axis_off()
        return
    names = [pitch_classes(word) for word, _ in ranked]
    colours = [COLOURS[0] if count >= min_count else COLOURS[1] for _, count in ranked]
    sns.barplot(x=[count for _, count in ranked], y=names, hue=names, palette=colours,
                saturation=1.0, width=0.72, legend=False, ax=ax)  # fmt: skip
    ax.set(xlabel="times heard", ylabel="")
    ax.set_title("the most frequent")
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.grid(visible=True, axis="x")


def pitch_classes(word: str) -> str:
    """Return the names of a chord's pitch classes: "0.4.7" is "C E G", "0" an octave."""
    names = [NAMES[int(part)] for part in word.split(".")]
    return " ".join(names) if len(names) > 1 else f"{names[0]} octave"
