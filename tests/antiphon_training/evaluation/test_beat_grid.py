"""Beat grids: the sixteenths of a piece, and the onsets that lie on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon_training.evaluation.beat_grid import BeatGrid

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_onsets_lie_on_a_point_within_15_percent_of_a_sixteenth() -> None:
    grid = BeatGrid.steady(0.5, 1.0, (0.0, 0.25, 0.5, 0.75))
    # A sixteenth lasts 125 ms, so the tolerance is 18.75 ms on both sides.
    assert grid.on_beat(np.array([1.0, 1.125 + 0.0187, 0.25 - 0.0187, 3.0])) == 1.0
    assert grid.on_beat(np.array([1.0, 1.125 + 0.0188, 0.25 - 0.0188, 1.0625])) == 0.25
    assert np.isnan(grid.on_beat(np.array([])))


def test_chance_is_the_share_of_time_that_the_points_take() -> None:
    straight = BeatGrid.steady(0.5, 0.0, (0.0, 0.25, 0.5, 0.75))
    shuffle = BeatGrid.steady(0.5, 0.0, (0.0, 0.6))
    onsets = np.random.default_rng(1).uniform(0.0, 100.0, 20_000)
    assert straight.on_beat(onsets) == pytest.approx(0.3, abs=0.01)
    assert shuffle.on_beat(onsets) == pytest.approx(0.15, abs=0.01)
    assert shuffle.on_beat(np.array([0.3, 0.5, 0.8, 0.375])) == 0.75


def test_a_piece_s_grid_may_begin_off_the_beats_of_its_file(make: Make) -> None:
    rng = np.random.default_rng(2)
    beats = np.sort(rng.integers(0, 400, 200) / 4 + 0.17 + rng.normal(0.0, 0.005, 200))
    onbeat = make([60] * 200, beats.tolist())
    played = make([60] * 200, (beats * 0.6).tolist())
    grid = BeatGrid.fitted(played, onbeat)
    assert grid is not None
    assert grid.points % 0.25 == pytest.approx([0.17] * 4, abs=0.003)
    assert grid.on_beat(played["onset"]) == 1.0
    assert grid.on_beat(played["onset"] + 0.05) == 0.0
    assert grid.on_beat(np.array([0.17 * 0.6 - 3.0, 0.17 * 0.6 + 600.0])) == 1.0  # beyond both ends


def test_the_tempo_map_may_change(make: Make) -> None:
    beats = np.arange(64) / 4
    seconds = np.where(beats < 8.0, beats * 0.5, 4.0 + (beats - 8.0) * 0.7)
    grid = BeatGrid.fitted(make([60] * 64, seconds.tolist()), make([60] * 64, beats.tolist()))
    assert grid is not None
    assert grid.on_beat(seconds) == 1.0
    assert grid.on_beat(4.0 + np.arange(8) * 0.7 / 4) == 1.0
    assert grid.on_beat(4.0 + np.arange(1, 8) * 0.5 / 4) < 0.5


def test_what_was_played_freely_has_no_grid(make: Make) -> None:
    beats = np.sort(np.random.default_rng(3).uniform(0.0, 100.0, 300)).tolist()
    assert BeatGrid.fitted(make([60] * 300, beats), make([60] * 300, beats)) is None
    assert BeatGrid.fitted(make([60]), make([60])) is None


def test_in_tempo_is_what_is_late_by_the_same_time_throughout() -> None:
    grid = BeatGrid.steady(0.5, 0.0, (0.0, 0.25, 0.5, 0.75))
    late = np.arange(40) * 0.125 + 0.06
    assert grid.on_beat(late) == 0.0
    assert grid.in_tempo(late) == 1.0
    other = np.arange(40) * 0.136  # 9 % slower
    assert grid.in_tempo(other) < 0.5
    assert np.isnan(grid.in_tempo(np.array([])))
    thirds = BeatGrid.steady(0.5, 0.0, (0.0, 1 / 3, 2 / 3))
    assert thirds.in_tempo(np.arange(40) / 6 + 0.06) == 1.0
    # Points that are not equally far apart have no offset of that kind.
    assert np.isnan(BeatGrid.steady(0.5, 0.0, (0.0, 0.6)).in_tempo(late))
