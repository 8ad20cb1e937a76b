"""Beats, for ever in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.partner.listening.beats import Beats


@given(
    beat=st.floats(0.3, 1.2),
    anchor=st.floats(0.0, 1e6),
    time=st.floats(-100.0, 1e6),
    beats=st.sampled_from([0.25, 0.5, 1.0, 4.0]),
)
def test_the_next_point_is_the_first_that_is_not_past(
    beat: float, anchor: float, time: float, beats: float
) -> None:
    beats_ = Beats(beat, anchor)
    point = beats_.next(time, beats)
    close = 1e-5 * beat
    assert time - close <= point < time + beats * beat + close
    assert (point - anchor) / (beats * beat) == pytest.approx(
        round((point - anchor) / (beats * beat)), abs=1e-3
    )
