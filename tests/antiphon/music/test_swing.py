"""Swing is told from straight music, from triplets and from dotted rhythms; and taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.swing import LEAST_RATIO, MOST_RATIO, PAIRS, Level, Swing

TIGHT = 0.008
"""Seconds by which a trained pianist is off (standard deviation)."""
BEAT = 0.5

EIGHTHS = np.arange(0.0, 16.0, 0.5)
TRIPLETS = np.arange(0.0, 16.0, 1 / 3)
DOTTED = np.sort(np.concatenate([np.arange(16.0), np.arange(16.0) + 0.75]))
SIXTEENTHS = np.arange(0.0, 16.0, 0.25)
SYNCOPES = np.array([0, 0.5, 1.5, 2.5, 3, 4, 4.5, 5.5, 6.5, 7, 7.5, 8.5, 9, 10, 10.5, 11, 12])


def swung(moments: np.ndarray, ratio: float) -> np.ndarray:
    """Return moments whose halves of a beat lie where the ratio says."""
    at_half = moments % 1.0 == 0.5
    return np.where(at_half, np.floor(moments) + ratio / (1.0 + ratio), moments)


def by_hand(moments: np.ndarray, seed: int = 1) -> np.ndarray:
    off = np.random.default_rng(seed).normal(0.0, TIGHT / BEAT, len(moments))
    return np.sort(moments + off)


@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("tune", [EIGHTHS, SYNCOPES])
def test_the_ratio_is_told(tune: np.ndarray, ratio: float) -> None:
    exact = Swing.told(swung(tune, ratio))
    assert exact is not None
    assert exact.ratio == pytest.approx(ratio)
    played = Swing.told(by_hand(swung(tune, ratio)))
    assert played is not None
    assert played.ratio == pytest.approx(ratio, rel=0.12)


@pytest.mark.parametrize("tune", [EIGHTHS, TRIPLETS, DOTTED, SIXTEENTHS, SYNCOPES, EIGHTHS[:0]])
def test_what_is_not_swung(tune: np.ndarray) -> None:
    assert Swing.told(tune) is None
    assert [Swing.told(by_hand(tune, seed)) for seed in range(20)] == [None] * 20


def test_a_tune_of_eighths_and_dotted_ones_is_straight() -> None:
    both = np.concatenate([EIGHTHS, DOTTED + 16.0, EIGHTHS + 32.0, DOTTED + 48.0])
    assert Swing.told(both) is None


def test_music_in_triplets_with_long_and_short_ones_is_no_swing() -> None:
    long_short = swung(EIGHTHS, 2.0)
    assert Swing.told(np.concatenate([TRIPLETS, long_short + 16.0])) is None
    assert Swing.told(long_short) is not None


def test_a_few_triplets_do_not_hide_swing_and_stay_triplets() -> None:
    solo = np.concatenate([swung(EIGHTHS, 2.0), TRIPLETS[:12] + 16.0, swung(EIGHTHS, 2.0) + 20.0])
    swing = Swing.told(solo)
    assert swing is not None
    straight = swing.straight(solo)
    expected = np.concatenate([EIGHTHS, TRIPLETS[:12] + 16.0, EIGHTHS + 20.0])
    assert straight == pytest.approx(expected)
    assert swing.played(straight) == pytest.approx(solo)


def test_only_lone_eighths_are_moved() -> None:
    swing = Swing(2.0)
    kept = np.array([0, 0.25, 0.5, 1, 1.75, 2, 2 + 1 / 3, 3, 3.5, 3.75, 4])
    assert np.array_equal(swing.straight(kept), kept)
    assert np.array_equal(swing.played(kept), kept)


def test_beats_are_of_any_length_and_begin_anywhere() -> None:
    seconds = 100.3 + 0.4 * swung(EIGHTHS, 1.6)
    swing = Swing.told(seconds, 0.4, 100.3 + 0.4 * 40)
    assert swing is not None
    assert swing.ratio == pytest.approx(1.6)
    assert swing.straight(seconds) == pytest.approx(100.3 + 0.4 * EIGHTHS)


@pytest.mark.parametrize("ratio", [1.3, 1.5, 2.0, 2.5])
def test_swung_sixteenths_are_told_by_their_level(ratio: float) -> None:
    funk = swung(SIXTEENTHS * 2.0, ratio) / 2.0
    swing = Swing.told(funk)
    assert swing is not None
    assert swing == Swing(pytest.approx(ratio), level="sixteenths")
    assert swing.straight(funk) == pytest.approx(SIXTEENTHS)
    assert swing.played(SIXTEENTHS) == pytest.approx(funk)
    assert Swing.told(funk, levels=("eighths",)) is None
    played = Swing.told(by_hand(funk))
    assert played is not None
    assert played.level == "sixteenths"
    assert played.ratio == pytest.approx(ratio, rel=0.15)


@pytest.mark.parametrize("short", [1 / 3, 0.8, 5 / 6])
def test_a_short_note_in_one_half_of_the_beat_is_no_swung_sixteenth(short: float) -> None:
    tune = np.sort(np.concatenate([np.arange(16.0), np.arange(16.0) + short]))
    assert Swing.told(tune, levels=("sixteenths",)) is None


@pytest.mark.parametrize("late", [-0.11, -0.05, 0.05, 0.11])
@pytest.mark.parametrize("tune", [EIGHTHS, SYNCOPES, SIXTEENTHS])
def test_straight_music_is_straight_on_beats_that_are_early_or_late(
    tune: np.ndarray, late: float
) -> None:
    assert Swing.told(tune + 1.0 + late) is None
    assert [Swing.told(by_hand(tune + 1.0 + late, seed)) for seed in range(10)] == [None] * 10


@pytest.mark.parametrize("late", [-0.1, 0.1])
def test_swing_is_told_on_beats_that_are_early_or_late(late: float) -> None:
    swing = Swing.told(swung(EIGHTHS, 1.6) + 1.0 + late)
    assert swing is not None
    assert swing.ratio == pytest.approx(1.6)
    assert swing.anchor == pytest.approx(late)
    assert swing.straight(swung(EIGHTHS, 1.6) + late) == pytest.approx(EIGHTHS + late)


def test_a_few_offbeats_tell_nothing() -> None:
    assert Swing.told(swung(EIGHTHS[:6], 2.0)) is None
    assert Swing.told(swung(EIGHTHS[:8], 2.0)) is not None


def test_syncopes_without_a_beat_between_them_are_not_moved_together() -> None:
    assert Swing.told(np.arange(16.0) + 2 / 3) is None  # quarters, and the beat is off


grids = st.lists(st.integers(0, 200), min_size=1, max_size=60, unique=True).map(
    lambda places: np.array(sorted(places)) / 4.0
)


@given(grid=grids, ratio=st.floats(LEAST_RATIO, MOST_RATIO), level=st.sampled_from(sorted(PAIRS)))
def test_what_is_swung_is_straightened(grid: np.ndarray, ratio: float, level: Level) -> None:
    grid = grid * PAIRS[level]
    swing = Swing(ratio, level=level)
    played = swing.played(grid)
    assert np.all(np.diff(played) > 0.0)
    assert swing.straight(played) == pytest.approx(grid)
