"""The style of all pictures, and how they are saved.

Figures are made without pyplot, so no window opens and no figure stays in memory. The same
music gives the same bytes.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from antiphon.errors import UsageError
from antiphon.whole_file import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLOURS = ("#2b5c8a", "#e07b39", "#4f9d69", "#8e5ea2", "#c44e52", "#6b7280")
"""The player's blue, the partner's orange, and more where there are more."""

INK, FAINT, SHADE = "#22262b", "#d5d9de", "#f3f5f7"
SUFFIXES = (".png", ".svg")
DOTS_AN_INCH = 160

_STYLE = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#8a9099",
    "axes.linewidth": 0.8,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "svg.hashsalt": "antiphon",  # else the ids in an SVG change from one run to the next
}


@contextlib.contextmanager
def look() -> Iterator[None]:
    """Apply the style; make figures inside this context."""
    with mpl.rc_context(_STYLE):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of so many inches, with automatic layout."""
    return Figure(figsize=(width, height), layout="constrained")


def heading(figure: Figure, title: str) -> None:
    """Write a title over a figure."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=13, fontweight="bold")


def check_suffix(path: Path) -> None:
    """Refuse a file that is neither PNG nor SVG.

    Raises
    ------
    UsageError
        The suffix is neither.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"A picture is .png or .svg, not {path.name}; give it one of the two.")


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG or SVG by its suffix, whole or not at all.

    Raises
    ------
    UsageError
        The suffix is neither, or the file cannot be written.
    """
    check_suffix(path)
    kind = path.suffix.lower().removeprefix(".")
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {}
    try:
        # Some of the style, such as the salt of an SVG's ids, counts when it is written.
        with whole_file(path) as unfinished, look():
            figure.savefig(unfinished, format=kind, dpi=DOTS_AN_INCH, metadata=metadata)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
