"""Windows: what lies before each row, in an order that can be resumed."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon_training.sequences.windows import Windows

PIECES = [np.arange(5, dtype=np.int32)[:, None], np.arange(10, 13, dtype=np.int32)[:, None]]


def test_every_row_is_predicted_from_what_its_own_piece_had_before() -> None:
    windows = Windows(PIECES, 3)
    assert len(windows) == 8
    read, follows = windows.at(np.arange(8))
    assert follows[:, 0].tolist() == [0, 1, 2, 3, 4, 10, 11, 12]
    assert read[:, :, 0].tolist() == [
        [0, 0, 0], [0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4],
        [0, 0, 0], [0, 0, 11], [0, 11, 12],
    ]  # fmt: skip


def test_a_pass_shows_each_window_once_and_the_next_in_another_order() -> None:
    windows = Windows([np.arange(40, dtype=np.int32)[:, None]], 3)
    parts = [
        [int(row) for _, follows in windows.part(index, 2, 5, seed=4) for row in follows[:, 0]]
        for index in range(8)
    ]
    first = [row for part in parts[:4] for row in part]
    second = [row for part in parts[4:] for row in part]
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second


def test_a_part_is_the_same_however_one_comes_to_it() -> None:
    windows = Windows([np.arange(37, dtype=np.int32)[:, None]], 4)
    for index in (0, 3, 7):
        one = [f.tolist() for _, f in windows.part(index, 3, 4, seed=1)]
        assert one == [f.tolist() for _, f in windows.part(index, 3, 4, seed=1)]
        assert one != [f.tolist() for _, f in windows.part(index, 3, 4, seed=2)]


@pytest.mark.parametrize("most", [1, 3, 8, 100])
def test_validation_windows_are_spread_evenly(most: int) -> None:
    read, follows = Windows(PIECES, 3).evenly(most)
    assert len(read) == len(follows) == min(most, 8)
    assert follows[0, 0] == 0
    if most > 1:
        assert follows[-1, 0] == 12
