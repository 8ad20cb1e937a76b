"""The grid of a player, found from what they played."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.partner.line.grid import Grid


@given(
    beat=st.floats(0.3, 1.2),
    anchor=st.floats(0.0, 1e6),
    time=st.floats(-100.0, 1e6),
    beats=st.sampled_from([0.25, 0.5, 1.0, 4.0]),
)
def test_the_next_point_is_the_first_that_is_not_past(
    beat: float, anchor: float, time: float, beats: float
) -> None:
    grid = Grid(beat, anchor)
    point = grid.next(time, beats)
    close = 1e-5 * beat
    assert time - close <= point < time + beats * beat + close
    assert (point - anchor) / (beats * beat) == pytest.approx(
        round((point - anchor) / (beats * beat)), abs=1e-3
    )


def _played(rhythm: list[float], beat: float, start: float, jitter: float) -> np.ndarray:
    rng = np.random.default_rng(5)
    onsets = start + np.cumsum([0.0, *rhythm]) * beat
    return np.sort(onsets + rng.normal(0.0, jitter, len(onsets)))


@pytest.mark.parametrize(
    "rhythm",
    [
        [1.0] * 8,
        [0.5, 0.5, 1.0] * 4,
        [1.5, 0.5] * 5,
        [1.0, 0.25, 0.25, 0.5] * 4,
        [1.0, 1 / 3, 1 / 3, 1 / 3] * 3,
    ],
    ids=str,
)
@pytest.mark.parametrize("beat", [0.35, 0.5, 0.93])
@pytest.mark.parametrize("start", [0.0, 7.123, 4e5 + 0.4])
def test_beats_are_found_where_they_were_meant(
    rhythm: list[float], beat: float, start: float
) -> None:
    grid = Grid.fitted(_played(rhythm, beat, start, 0.01), beat)
    off = (grid.anchor - start) / beat
    assert abs(off - round(off)) < 0.05


def test_who_plays_late_at_last_is_followed() -> None:
    steady = np.arange(12) * 0.5
    pushed = np.concatenate([steady, 6.0 + 0.1 + np.arange(8) * 0.5])
    grid = Grid.fitted(pushed, 0.5)
    off = (grid.anchor - 0.1) / 0.5
    assert abs(off - round(off)) < 0.06


def test_one_onset_is_a_beat_and_none_is_no_error() -> None:
    assert Grid.fitted(np.array([3.25]), 0.6).anchor == pytest.approx(3.25)
    assert Grid.fitted(np.array([]), 0.6).next(1.0) == pytest.approx(1.2)
