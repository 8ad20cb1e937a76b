"""Which notes are struck together."""

from __future__ import annotations

import numpy as np

from antiphon.music.chords import CHORD_SPAN, first_notes


def test_a_chord_is_counted_from_its_first_note() -> None:
    onset = np.arange(10) * 0.03
    assert first_notes(onset, 0.0625).tolist() == [0, 3, 6, 9]


def test_a_span_that_vanishes_in_rounding_still_goes_on() -> None:
    assert first_notes(np.full(3, 1e18), CHORD_SPAN).tolist() == [0, 1, 2]
