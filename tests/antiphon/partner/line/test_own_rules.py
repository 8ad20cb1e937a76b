"""A rule of one's own is kept by every kind of instrument."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.instrument.controls import FORBID

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit

    from antiphon.partner import Moment, Slate

WHITE = (0, 2, 4, 5, 7, 9, 11)


class WhiteKeys:
    """Keeps to the white keys, and notes what it was told of each moment."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []

    def weigh(self, moment: Moment, slate: Slate) -> None:
        self.moments.append(moment)
        weights = np.full(128, FORBID, dtype=np.float32)
        weights[[pitch for pitch in range(128) if pitch % 12 in WHITE]] = 0.0
        slate.pitches(weights)


class NotLonger:
    """Keeps steps under a time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def weigh(self, moment: Moment, slate: Slate) -> None:
        del moment
        forbid = np.float32(FORBID)
        slate.steps(lambda low, high: np.where(low >= self.seconds, forbid, np.float32(0.0)))


@pytest.mark.parametrize("instrument", ["performance", "triplet", "symbols", "steps"])
def test_each_note_keeps_to_it(kit: Kit, instrument: str) -> None:
    black = (61, 63, 66, 68, 70, 68, 66, 63)
    free = kit.stage(instrument=instrument).run(kit.phrase(pitches=black), until=20.0)
    assert any(sounded.note.pitch % 12 not in WHITE for sounded in free.heard)
    rule = WhiteKeys()
    stage = kit.stage(instrument=instrument, rules=[rule])
    stage.run(kit.phrase(pitches=black), until=20.0)
    assert len(stage.heard) >= 3
    assert all(sounded.note.pitch % 12 in WHITE for sounded in stage.heard)
    assert all(moment.earliest <= moment.latest for moment in rule.moments)
    (end,) = {round(moment.end, 6) for moment in rule.moments}
    assert stage.onsets[-1] <= end < math.inf


@pytest.mark.parametrize("instrument", ["performance", "triplet", "symbols"])
def test_time_can_be_ruled_too(kit: Kit, instrument: str) -> None:
    events = kit.phrase(gap=0.5)
    longest = []
    for rules in ([], [NotLonger(0.3)]):
        stage = kit.stage(instrument=instrument, rules=rules, seed=3).run(events, until=30.0)
        assert len(stage.heard) >= 4
        longest.append(float(np.max(np.diff(sorted(stage.onsets)))))
    assert longest[1] < 0.4 < longest[0]


@pytest.mark.parametrize("instrument", ["performance", "symbols"])
def test_harmony_keeps_to_it(kit: Kit, instrument: str) -> None:
    stage = kit.stage(instrument=instrument, mode="harmonise", rules=[WhiteKeys()])
    stage.run(kit.phrase(pitches=(61, 63, 66, 68) * 4), until=20.0)
    assert len(stage.heard) >= 3
    assert all(sounded.note.pitch % 12 in WHITE for sounded in stage.heard)
