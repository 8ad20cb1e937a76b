"""A piano roll: pitch over time, with a colour for each track.

Times are seconds. Long music is drawn in several rows, like the lines of a page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from antiphon.music.files.reading import read_performance
from antiphon.music.note import NoteArray
from antiphon_training.plots.drawing import COLOURS, FAINT, SHADE, heading, look, new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure
    from numpy.typing import NDArray


WIDTH = 11.0
SHORTEST_ROW = 40.0
MOST_ROWS = 6
"""A row has at least `SHORTEST_ROW` seconds; a picture has at most `MOST_ROWS` rows."""

TALLEST, TALLEST_OF_MANY = 3.6, 2.1
"""Inches: the height of a single row, and of one of several, at most."""

PALEST = 0.3
"""The share of its colour that the softest note has."""

BLACK_KEYS = (1, 3, 6, 8, 10)
LEAST_WIDTH = 0.0015  # of a row, so that very short notes are visible


@dataclass(frozen=True, slots=True)
class Track:
    """The notes that are drawn in one colour.

    Attributes
    ----------
    name : str
        Its name in the legend.
    notes : NoteArray
        Notes with an end each.
    """

    name: str
    notes: NoteArray


def read_tracks(path: Path) -> list[Track]:
    """Return the tracks of a MIDI file that have notes other than drums.

    Raises
    ------
    MidiFileError
        The file cannot be read, or has none.
    """
    with_notes = [track for track in read_performance(path).tracks if len(track.notes)]
    return [
        Track(" ".join(track.name.split()) or f"track {number}", track.notes)
        for number, track in enumerate(with_notes, start=1)
    ]


def piano_roll(
    tracks: Sequence[Track],
    title: str = "",
    *,
    start: float | None = None,
    end: float | None = None,
) -> Figure:
    """Return a picture of the notes that sound from `start` to `end`.

    Parameters
    ----------
    tracks : sequence of Track
        Later tracks are drawn over earlier ones.
    title : str
        Written above.
    start, end : float, optional
        Seconds; by default from the second in which the first note begins to the end.
    """
    if start is None:
        start = _first_second(tracks, end)
    last = max((_last_end(track.notes) for track in tracks), default=0.0)
    end = last if end is None else min(end, last)
    length = max(end - start, 1.0)
    rows = min(MOST_ROWS, max(1, math.ceil(length / SHORTEST_ROW - 0.25)))
    row = length / rows
    low, high = _compass(tracks, start, end)
    tall = min(max((high - low) * 0.055, 1.6), TALLEST if rows == 1 else TALLEST_OF_MANY)
    with look():
        figure = new_figure(WIDTH, 0.75 + rows * (tall + 0.2))
        axes = figure.subplots(rows, 1, squeeze=False)[:, 0]
        for index, ax in enumerate(axes):
            since = start + index * row
            _keyboard(ax, low, high)
            for track, colour in zip(tracks, _colours(len(tracks)), strict=True):
                _draw(ax, track.notes, colour, (since, since + row))
            ax.set_xlim(since, since + row)
        axes[-1].set_xlabel("time")
        if len(tracks) > 1:
            _legend(figure, tracks)
        heading(figure, title)
    return figure


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def _legend(figure: Figure, tracks: Sequence[Track]) -> None:
    patches = [
        Patch(facecolor=colour, label=track.name)
        for track, colour in zip(tracks, _colours(len(tracks)), strict=True)
    ]
    figure.legend(handles=patches, loc="outside upper right", ncols=len(patches))


def _first_second(tracks: Sequence[Track], end: float | None) -> float:
    """Return the whole second in which the first note begins; 0 where that is not before `end`."""
    onsets = [float(track.notes["onset"].min()) for track in tracks if len(track.notes)]
    first = float(math.floor(min(onsets, default=0.0)))
    return first if end is None or first < end else 0.0


def _last_end(notes: NoteArray) -> float:
    return float((notes["onset"] + notes["duration"]).max(initial=0.0))


def _compass(tracks: Sequence[Track], start: float, end: float) -> tuple[int, int]:
    """Return the lowest and the highest key to draw, with a margin."""
    sounding = [
        notes["pitch"][(notes["onset"] < end) & (notes["onset"] + notes["duration"] > start)]
        for notes in (track.notes for track in tracks)
    ]
    pitches = np.concatenate([*sounding, np.zeros(0, dtype="u1")]).astype(int)
    if not len(pitches):
        return 48, 72
    middle = int(pitches.min() + pitches.max()) // 2
    low, high = min(int(pitches.min()) - 2, middle - 9), max(int(pitches.max()) + 2, middle + 9)
    return max(low, 0), min(high, 127)


def _keyboard(ax: Any, low: int, high: int) -> None:
    """Shade the rows of the black keys, and label each C."""
    for pitch in range(low, high + 1):
        if pitch % 12 in BLACK_KEYS:
            ax.axhspan(pitch - 0.5, pitch + 0.5, color=SHADE, linewidth=0)
    octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
    for pitch in octaves:
        ax.axhline(pitch - 0.5, color=FAINT, linewidth=0.7)
    ax.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    ax.set_ylim(low - 0.5, high + 0.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    ax.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 2, 3, 5, 6, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: _clock(seconds)))


def _draw(ax: Any, notes: NoteArray, colour: str, span: tuple[float, float]) -> None:
    """Draw the notes of one track as bars, loud ones darker."""
    since, until = span
    ends = notes["onset"] + notes["duration"]
    seen = notes[(notes["onset"] < until) & (ends > since)]
    if not len(seen):
        return
    least = (until - since) * LEAST_WIDTH
    x0 = np.maximum(seen["onset"], since)
    x1 = np.minimum(np.maximum(seen["onset"] + seen["duration"], x0 + least), until)
    y = seen["pitch"].astype(np.float64)
    corners = np.empty((len(seen), 4, 2))
    corners[:, :, 0] = np.stack([x0, x1, x1, x0], axis=1)
    corners[:, :, 1] = np.stack([y - 0.42, y - 0.42, y + 0.42, y + 0.42], axis=1)
    # A thin edge separates two notes of one key.
    bars = PolyCollection(
        list(corners), facecolors=_shades(seen, colour), edgecolors="white", linewidths=0.3
    )
    ax.add_collection(bars)


def _shades(notes: NoteArray, colour: str) -> NDArray[np.float64]:
    """Return a colour for each note, paler where it is softer; shape (notes, 3)."""
    strength = PALEST + (1.0 - PALEST) * np.clip(notes["velocity"] / 96.0, 0.0, 1.0)
    return 1.0 - strength[:, None] * (1.0 - np.array(to_rgb(colour)))


def _clock(seconds: float) -> str:
    """Return a time in minutes and seconds: 1:05."""
    minutes, rest = divmod(round(max(seconds, 0.0), 2), 60.0)
    return f"{int(minutes)}:{rest:04.1f}" if rest % 1 else f"{int(minutes)}:{int(rest):02d}"
