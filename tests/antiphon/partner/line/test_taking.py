"""How much a line takes up is steered by how much it has taken up."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.instrument.ask import Recall
from antiphon.partner.line.taking import LEAD, MOST, RUN, Taking

ROW = np.array([60, 10, 10, 10], dtype=np.int32)


def recall(pitch: int, length: int, gain: float = 1.0) -> Recall:
    """One place, after which a pitch followed."""
    rows = np.array([[pitch, 10, 10, 10]], dtype=np.int32)
    weights, lengths = np.zeros(1, np.float32), np.full(1, length, np.float32)
    return Recall(rows, weights, lengths, gain)


def gain_of(taking: Taking, gain: float = 1.0) -> float:
    steered = taking.steered(recall(60, 5, gain))
    assert steered is not None
    return steered.gain


def test_a_line_that_has_taken_up_nothing_is_led_into_a_theme() -> None:
    assert gain_of(Taking()) == pytest.approx(LEAD)
    assert gain_of(Taking(), 0.5) == pytest.approx(0.5 * LEAD)


def test_a_line_that_repeats_is_led_out_before_it_is_a_copy() -> None:
    taking, gains = Taking(), []
    for length in range(64):
        gains.append(gain_of(taking))
        taking = taking.after(ROW, recall(60, min(length, 20)))
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] == 0.0
    assert taking.run == RUN
    first = gains.index(0.0)
    assert 8 < first < 48  # notes in a row
    # A greater gain keeps to what was played for longer.
    assert gain_of(taking, 3.0) > 0.5


def test_a_short_phrase_is_left_before_its_end() -> None:
    for count, most in ((200, 26), (24, 12), (10, 8)):
        taking, notes = Taking.beginning(count), 0
        while gain_of(taking) > 0.0:
            taking = taking.after(ROW, recall(60, 20))
            notes += 1
        assert RUN < notes <= min(most, count)


def test_a_few_notes_in_a_row_are_chance() -> None:
    taking = Taking()
    for index in range(64):
        followed = index % RUN < RUN - 1
        taking = taking.after(ROW, recall(60 if followed else 61, 20))
    assert taking == Taking(0, 0.0)


def test_what_was_read_before_the_line_is_not_taken_up() -> None:
    assert Taking().after(ROW, recall(60, 20)).run == 1


def test_it_is_forgotten_once_the_line_goes_its_own_way() -> None:
    taking = Taking(RUN, MOST)
    for _ in range(64):
        taking = taking.after(ROW, recall(61, 0))
    assert taking.share < 0.1
    assert Taking(3, 0.2).after(ROW, None).run == 0


def test_nothing_recalled_stays_nothing() -> None:
    assert Taking().steered(None) is None
