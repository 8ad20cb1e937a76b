from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.midi.driver_clock import MOST_LATE, DriverClock

gaps = st.floats(0.0, 3.0)
lags = st.floats(0.0, 0.05)


@given(st.lists(st.tuples(gaps, lags), max_size=50))
def test_no_stamp_lies_in_the_future_or_goes_back(arrivals: list[tuple[float, float]]) -> None:
    clock, played, last, polled = DriverClock(), 100.0, 0.0, 100.0
    for gap, lag in arrivals:
        played += gap
        polled = max(played + lag, polled)  # polled in order
        stamp = clock.stamp(gap, polled)
        assert last <= stamp <= polled
        assert stamp >= polled - MOST_LATE - 1e-9
        last = stamp


def test_late_polls_do_not_make_the_stamps_uneven() -> None:
    clock = DriverClock()
    lags = [0.0, 0.004, 0.0, 0.012, 0.001]
    stamps = [clock.stamp(0.1 if k else 0.0, 5.0 + 0.1 * k + lag) for k, lag in enumerate(lags)]
    assert stamps == pytest.approx([5.0, 5.1, 5.2, 5.3, 5.4], abs=0.0005)


def test_after_a_silence_it_is_anchored_anew() -> None:
    clock = DriverClock()
    clock.stamp(0.0, 5.0)
    assert clock.stamp(2.0, 7.03) == 7.03  # the driver's clock ran slow meanwhile


def test_deltas_that_lie_are_not_believed() -> None:
    clock = DriverClock()
    clock.stamp(0.0, 5.0)
    assert clock.stamp(0.1, 5.5) == 5.5
