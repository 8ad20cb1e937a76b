"""Foresight: how long a silence an instrument expects, and what that does to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.antiphon.partner.conftest import Imitator

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.codecs.triplet import TripletCodec
from antiphon.partner.line.foresight import PITCHES, Foresight, foresight_for
from antiphon.partner.line.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit

    from antiphon.instrument.ask import Ask


class Seer(Imitator):
    """An imitator that expects the next note after a time, but for a chance of a longer one."""

    def __init__(self, soon: float, late: float = 2.0, chance: float = 0.0) -> None:
        super().__init__()
        codec = PerformanceCodec()
        odds = np.full(codec.sizes[1], 1e-9)
        odds[codec.time_class(soon)] += 1.0 - chance
        odds[codec.time_class(late)] += chance
        self._steps = np.log(odds)
        self.asked: list[int] = []

    def logits_batch(self, asks: Sequence[Ask]) -> Any:
        self.asked.append(len(asks))
        logits = np.zeros((len(asks), sum(self.sizes)), dtype=np.float32)
        logits[:, self.sizes[0] : self.sizes[0] + self.sizes[1]] = self._steps
        return logits


PLACE = Place((), np.array(PerformanceCodec.start, dtype=np.int32), 1.0)


@pytest.mark.parametrize(("chance", "silence"), [(0.0, 0.4), (0.09, 0.4), (0.11, 2.0)])
def test_what_is_unlikely_is_not_expected(chance: float, silence: float) -> None:
    seer = Seer(0.4, 2.0, chance)
    foresight = Foresight(seer, PerformanceCodec())
    assert foresight.silence(PLACE) == pytest.approx(silence, rel=0.06)
    assert foresight.steps(PLACE).sum() == pytest.approx(1.0)
    assert seer.asked == [PITCHES, PITCHES]


def test_who_tells_no_chances_has_no_foresight() -> None:
    codec = PerformanceCodec()
    assert foresight_for(Imitator(), codec) is None
    assert foresight_for(Seer(0.4), codec) is not None
    reads_windows = Seer(0.4)
    reads_windows.window = 32
    assert foresight_for(reads_windows, TripletCodec()) is None


def test_an_expected_silence_is_not_answered(kit: Kit) -> None:
    events = kit.phrase()
    pause_ends = events[-1].time + 0.6
    plain = kit.stage(predictor=Seer(0.25)).run(events, until=20.0)
    assert plain.onsets[0] <= pause_ends + 0.3
    seer = Seer(0.25, 1.2, 0.5)
    stage = kit.stage(predictor=seer).run(events, until=20.0)
    silence = stage.onsets[0] - events[-2].time  # since the last onset
    assert len(stage.heard) >= 3
    assert 1.2 <= silence <= 1.2 * 1.06 + 0.3
    assert len(seer.asked) == 1  # one silence, one look


def test_the_wait_for_an_expected_silence_has_an_end(kit: Kit) -> None:
    events = kit.phrase()
    stage = kit.stage(predictor=Seer(0.25, 9.0, 0.9)).run(events, until=20.0)
    assert events[-1].time + 2.4 <= stage.onsets[0] <= events[-1].time + 2.4 + 0.3
