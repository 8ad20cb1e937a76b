"""How well notes go with what was heard before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from antiphon_training.evaluation.affinity import AFFINITIES, Prompt, affinity
from antiphon_training.evaluation.beat_grid import BeatGrid

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_the_same_again_is_no_distance_away(make: Make) -> None:
    heard = make([60, 62, 64, 65, 67, 72], 0.5)
    grid = BeatGrid.steady(0.5, 0.0, (0.0, 0.25, 0.5, 0.75))
    found = affinity(heard, 2.0, Prompt(heard, heard, 2.0, grid, (0, 4, 7)))
    assert set(found) == set(AFFINITIES)
    assert (found["on_beat"], found["taken_up"], found["copied_whole"]) == (1.0, 1.0, 1.0)
    assert (found["ends_in_key"], found["ends_long"]) == (1.0, 0.0)
    assert [found[name] for name in AFFINITIES if name.endswith("drift")] == [0.0] * 4


def test_distances_have_no_sign(make: Make) -> None:
    heard, notes = make([60, 64]), make([70, 74])
    notes["velocity"] -= 10
    notes["duration"] = heard["duration"] / 4.0
    prompt = Prompt(heard, heard, 4.0, None, ())
    for rate in (1.0, 16.0):
        assert affinity(notes, rate, prompt)["density_drift"] == 2.0  # octaves
    found = affinity(notes, 4.0, prompt)
    assert found["register_drift"] == pytest.approx(10.0)
    assert found["loudness_drift"] == pytest.approx(10.0)
    assert found["length_drift"] == pytest.approx(2.0)


def test_what_is_not_there_is_no_number(make: Make) -> None:
    heard = make([60, 64])
    found = affinity(make([]), 0.0, Prompt(heard, heard, 4.0, None, ()))
    numbers = {name for name, value in found.items() if not math.isnan(value)}
    assert numbers == {"taken_up", "copied_whole"}
