"""Means and their errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from antiphon_training.evaluation.estimates import estimates, mean_of


def test_means_and_their_errors() -> None:
    found = estimates([{"x": 1.0}, {"x": 2.0}, {"x": 6.0}])["x"]
    assert found.mean == 3.0
    assert found.error == pytest.approx(np.sqrt(7.0) / np.sqrt(3.0))  # 4 + 1 + 9, over 2
    assert estimates([{"x": 1.0}])["x"].error is None


def test_what_a_row_does_not_have_does_not_count() -> None:
    rows = [{"x": 1.0, "y": math.nan, "z": math.nan}, {"x": 2.0, "y": 5.0, "z": math.nan}]
    found = estimates(rows)
    assert set(found) == {"x", "y"}
    assert (found["y"].mean, found["y"].error) == (5.0, None)
    means = mean_of(rows)
    assert (means["x"], means["y"]) == (1.5, 5.0)
    assert math.isnan(means["z"])
