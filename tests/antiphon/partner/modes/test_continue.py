from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.messages import NoteOff, NoteOn
from antiphon.partner import Change, Stop

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

INSTRUMENTS = ("performance", "triplet", "symbols")


def rests(stage: Stage, least: float) -> list[tuple[float, float]]:
    """Where it paused between onsets for so long."""
    return [(a, b) for a, b in itertools.pairwise(stage.onsets) if b - a >= least]


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_it_plays_on_until_a_key_is_touched(kit: Kit, instrument: str) -> None:
    phrase = kit.phrase()
    stage = kit.stage(mode="continue", instrument=instrument).run(phrase, until=90.0)
    assert stage.onsets[0] >= phrase[-1].time + 0.6
    assert stage.onsets[-1] > 80.0
    assert stage.answering
    stage.run([NoteOn(90.0, 0, 60, 80)], until=90.0)
    assert stage.silences == [90.0]
    assert stage.pending == stage.sounding == []
    heard = len(stage.heard)
    stage.run([NoteOff(90.3, 0, 60)], until=90.85)
    assert len(stage.heard) == heard
    stage.run([], until=120.0)
    assert len(stage.heard) > heard  # and goes on when the player pauses again
    stage.run([Stop(120.0)], until=140.0)
    assert stage.sounding == []


@pytest.mark.parametrize("rest", [0.6, 3.0])
def test_it_plays_in_phrases_with_rests(kit: Kit, rest: float) -> None:
    phrase = kit.phrase(gap=0.2, pitches=[60, 62, 64, 65] * 5)  # four seconds
    stage = kit.stage(mode="continue", rest=rest, longest_gap=0.5).run(phrase, until=60.0)
    found = rests(stage, rest)
    length = 0.2 * 20 + rest
    assert len(found) == pytest.approx((60.0 - phrase[-1].time) / length, abs=1.5)
    begun = [after for _, after in found]
    assert np.diff(begun) == pytest.approx(length, abs=0.5)


def test_a_rest_can_change_while_it_plays(kit: Kit) -> None:
    stage = kit.stage(mode="continue", longest_gap=0.5).run(kit.phrase(), until=20.0)
    assert rests(stage, 1.0)
    assert not rests(stage, 6.0)
    stage.run([Change(20.0, "continue.rest", 6.0)], until=60.0)
    assert rests(stage, 6.0)


def test_what_it_plays_does_not_depend_on_a_little_lateness(kit: Kit) -> None:
    punctual, late = (
        kit.stage(mode="continue", lag=lag, cost=0.001).run(kit.phrase(), until=60.0)
        for lag in (0.0, 0.004)
    )
    assert len(punctual.heard) > 50
    assert [s.note for s in punctual.heard] == [s.note for s in late.heard]
