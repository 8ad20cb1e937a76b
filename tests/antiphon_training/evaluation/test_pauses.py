"""Interruptions: how often the partner breaks into what does not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.partner import PartnerSections
from antiphon_training.evaluation.pauses import Interruptions, gap_at, interruptions
from antiphon_training.evaluation.sessions import as_heard

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_gaps_are_between_two_onsets() -> None:
    assert gap_at([0.0, 1.0, 3.0], 2.5) == 2.0
    assert gap_at([0.0, 1.0, 3.0], 0.5) == 1.0


def test_a_rest_is_broken_into_and_the_end_is_not(tiny: Predictor, make: Make) -> None:
    steady = [i * 0.25 for i in range(40)]
    short = [*steady, *(10.9 + time for time in steady)]  # a gap of 1.15 s
    long = [*steady, *(12.0 + time for time in steady)]
    pitches = [60 + i % 12 for i in range(80)]
    performances = [
        as_heard(make(pitches[: len(onsets)], onsets, 0.2)) for onsets in (steady, short, long)
    ]
    # It has learned nothing and expects any silence, which is waited for up to four pauses.
    hasty = PartnerSections().changed("partner.pause", 0.15).changed("partner.pause_gaps", 0.0)
    found = interruptions(tiny, tiny.codec, performances, hasty)
    assert (found.files, found.count, found.short) == (3, 2, 1)
    assert found.minutes == pytest.approx((9.75 + 20.65 + 21.75) / 60)
    assert found.per_minute == pytest.approx(2 / found.minutes)
    assert found.short_share == 0.5
    patient = PartnerSections().changed("partner.pause", 3.0)
    assert interruptions(tiny, tiny.codec, performances, patient).count == 0


def test_the_figures_as_json_and_as_a_table() -> None:
    found = Interruptions(files=2, minutes=8.0, count=4, short=1)
    assert found.as_dict() == {
        "files": 2,
        "minutes": 8.0,
        "interruptions": 4,
        "per_minute": 0.5,
        "short_gap_seconds": 1.2,
        "in_short_gaps": 0.25,
    }
    assert Interruptions(1, 1.0, 0, 0).short_share == 0.0
    table = "\n".join(found.lines("tiny"))
    assert "0.50" in table
    assert "25%" in table
