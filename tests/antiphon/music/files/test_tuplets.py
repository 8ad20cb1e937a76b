"""Tuplets that fill their time tell a score; onsets that lie anywhere do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.antiphon.music.files.test_notated import conductor, file_of, metre, played, tempo

from antiphon.music.files.grid import share_on_grid
from antiphon.music.files.telling import borne_out, notated_by
from antiphon.music.files.tuplets import in_tuplets

if TYPE_CHECKING:
    from pathlib import Path

TICKS = 480


def tuplets(count: int, length: float, starts: Any, ticks: int = TICKS) -> Any:
    """Return even divisions that begin at some beats, their places rounded to ticks."""
    parts = np.arange(count) * length / count
    places = np.add.outer(np.asarray(starts, dtype=float), parts).reshape(-1)
    return np.unique(np.rint(places * ticks)) / ticks


@pytest.mark.parametrize("ticks", [48, 96, 384, 480, 1024])
@pytest.mark.parametrize(
    ("count", "length"),
    [(5, 1.0), (7, 1.0), (11, 1.0), (7, 0.5), (5, 1.5), (5, 2.0), (7, 2.0), (13, 2.0)],
)
def test_what_fills_its_time_evenly_is_a_tuplet(count: int, length: float, ticks: int) -> None:
    beats = tuplets(count, length, [0.0, 2.0, 4.0, 5.0 + length], ticks)
    assert len(beats) == 4 * count
    assert in_tuplets(beats, ticks).all()
    rest = np.delete(beats, [3, count + 2])  # a rest in two of them
    assert in_tuplets(rest, ticks).all()


def test_what_is_not_filled_or_has_other_onsets_inside_is_none() -> None:
    beats = tuplets(7, 1.0, [0.0, 2.0])
    some = np.delete(beats, [2, 4, 10])
    assert in_tuplets(some, TICKS).tolist() == [False] * 5 + [True] * 6
    with_others = np.sort(np.append(beats, [0.5, 2.22]))
    found = with_others[in_tuplets(with_others, TICKS)]
    assert found.tolist() == beats[:7].tolist()  # a half is plain, 2.22 is not
    assert not in_tuplets(np.zeros(0), TICKS).any()


def test_half_of_the_onsets_in_fives_and_sevens_are_a_score(tmp_path: Path) -> None:
    plain = [places for bar in range(4) for places in (4.0 * bar, 4.0 * bar + 0.5, 4.0 * bar + 3)]
    fives = tuplets(5, 1.0, [1, 5, 9, 13])
    sevens = tuplets(7, 1.0, [2, 6, 10, 14])
    beats = np.unique(np.concatenate([plain, fives, sevens]))
    assert share_on_grid(beats) < 0.5
    assert borne_out(beats, TICKS)
    ticks = np.rint(beats * TICKS).astype(int).tolist()
    file = file_of(tmp_path / "a.mid", conductor((0, tempo(90)), (0, metre(4, 4))), played(ticks))
    assert notated_by(file, file.notes()).clock is not None


@pytest.mark.parametrize("rate", [2.0, 5.0, 8.0, 15.0, 30.0])
def test_onsets_that_lie_anywhere_are_not_told_by_tuplets(rate: float) -> None:
    rng = np.random.default_rng(int(rate))
    wrong = 0.0
    for _ in range(20):
        beats = np.cumsum(rng.gamma(4.0, 1.0 / (4.0 * rate), 400))
        beats = np.unique(np.rint(beats * TICKS)) / TICKS
        assert not borne_out(beats, TICKS)
        wrong += float(np.mean(in_tuplets(beats, TICKS))) / 20
    assert wrong < 0.01


def test_even_runs_of_a_performance_are_not_told_by_tuplets() -> None:
    rng = np.random.default_rng(1)
    for rate in (4.9, 5.1, 6.9, 7.1, 9.8):
        beats = np.arange(300) / rate + rng.normal(0.0, 0.015, 300)
        beats = np.unique(np.rint(np.sort(beats) * TICKS)) / TICKS
        assert not borne_out(beats, TICKS)
