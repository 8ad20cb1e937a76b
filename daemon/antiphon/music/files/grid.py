"""The places in a beat where notated music begins its notes. Beats are quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GRID = np.array([0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21, 24]) / 24
"""Thirty-seconds, and halves of thirds of a beat."""

PLACES = len(GRID) - 1
TOLERANCE = 0.01
"""Beats from a place of the grid within which an onset lies on it."""


def on_grid(beats: Array) -> Array:
    """Return the place of the grid that is nearest to each of some beats."""
    whole = np.floor(beats)
    nearest = np.abs((beats - whole)[..., np.newaxis] - GRID).argmin(axis=-1)
    places: Array = whole + GRID[nearest]
    return places


def lies_on_grid(beats: Array) -> NDArray[np.bool_]:
    """Return which of some beats lie on the grid."""
    near: NDArray[np.bool_] = np.abs(beats - on_grid(beats)) < TOLERANCE
    return near


def share_on_grid(beats: Array) -> float:
    """Return the share of some beats that lie on the grid; 0 of none."""
    return float(np.mean(lies_on_grid(beats))) if len(beats) else 0.0
