"""Means over excerpts, and their standard errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over excerpts, and its standard error (None for less than two)."""

    mean: float
    error: float | None


def mean_of(rows: Iterable[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each number over the rows that have it; NaN where none has."""
    return {
        name: float(np.mean(there))
        if (there := [v for v in values if not math.isnan(v)])
        else math.nan
        for name, values in columns(rows).items()
    }


def estimates(rows: Iterable[dict[str, float]]) -> dict[str, Estimate]:
    """Return the mean of each number over the rows that have it, and its standard error.

    A number that a row does not have is NaN; one that no row has is left out.
    """
    found = {}
    for name, column in columns(rows).items():
        values = np.array([value for value in column if not math.isnan(value)])
        if len(values):
            error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else None
            found[name] = Estimate(float(values.mean()), error)
    return found


def columns(rows: Iterable[dict[str, float]]) -> dict[str, list[float]]:
    """Return the values of each number, in the order of the rows."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            found.setdefault(name, []).append(value)
    return found
