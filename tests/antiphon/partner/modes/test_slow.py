"""Instruments that read a window anew for each note take their time, and are punctual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.messages import NoteOn

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

WINDOWS = ("triplet", "symbols")
COST = 0.03


@pytest.fixture(params=WINDOWS)
def instrument(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def slowly(kit: Kit, instrument: str, **how: Any) -> Stage:
    return kit.stage(instrument=instrument, cost=COST, **how)


def test_a_tick_is_one_call_at_most_and_reading_is_none(kit: Kit, instrument: str) -> None:
    codec = kit.codec(instrument)
    imitator = kit.imitator(codec=codec, window=32)
    partner = kit.partner(instrument=instrument, predictor=imitator)
    for event in kit.phrase(gap=0.1, pitches=range(40, 90)):
        partner.take(kit.given(event))
    now, most = 0.0, 0
    for _ in range(2000):
        wake = partner.next_wake()
        if wake is None:
            break
        now = max(now, wake)
        before = imitator.calls
        partner.tick(now)
        most = max(most, imitator.calls - before)
    assert imitator.reads >= 32  # all of it in the first tick
    assert imitator.calls > 3
    assert most == 1


@pytest.mark.parametrize("gap", [0.12, 0.25, 0.5])
def test_the_first_note_is_punctual(kit: Kit, instrument: str, gap: float) -> None:
    for seed in range(3):
        phrase = kit.phrase(gap=gap, legato=0.5)
        quick = kit.stage(instrument=instrument, seed=seed).run(phrase, until=30.0)
        slow = slowly(kit, instrument, seed=seed).run(phrase, until=30.0)
        assert slow.onsets[0] == pytest.approx(quick.onsets[0], abs=1e-9)


def test_what_it_plays_does_not_depend_on_how_long_it_takes(kit: Kit) -> None:
    phrase = kit.phrase() + kit.phrase(start=9.0, gap=0.4)
    quick, slow = (
        kit.stage(instrument="symbols", cost=cost).run(phrase, until=30.0)
        for cost in (0.0005, COST)
    )
    assert [s.note for s in quick.heard] == [s.note for s in slow.heard]


def test_notes_are_planned_before_they_are_due(kit: Kit, instrument: str) -> None:
    stage = slowly(kit, instrument)
    stage.run(kit.phrase(gap=0.2, pitches=[60, 62, 64, 65] * 4), until=30.0)
    room = [onset - now - COST for now, onset in stage.planned]
    assert len(room) > 5
    # The tick that plans a note takes COST: then there must be time left.
    assert np.mean(np.array(room) >= 0.0) > 0.9
    assert min(room) > -COST


def test_nothing_is_handed_over_before_the_pause_is_over(kit: Kit, instrument: str) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time + 0.6
    stage = slowly(kit, instrument).run(phrase, until=end - 1e-6)
    assert stage.ticks > 1  # it has drawn already
    assert stage.outputs == []
    assert not stage.answering
    # The player goes on: what was drawn never happened.
    stage.run([NoteOn(end - 1e-6, 0, 72, 80)], until=end + 0.5)
    assert stage.outputs == []
    assert len(stage.snapshot(stage.now)) == 9


def test_drawing_in_vain_changes_no_later_answer(kit: Kit, instrument: str) -> None:
    # Both play the same; one is woken in time to draw before the player goes on.
    events = [*kit.phrase(), *kit.phrase(start=kit.phrase()[-1].time + 0.55)]
    early = kit.stage(instrument=instrument).run(events, until=30.0)
    late = kit.stage(instrument=instrument, read_ahead=0.0).run(events, until=30.0)
    assert len(early.heard) > 3
    assert [s.note.pitch for s in early.heard[:1]] == [s.note.pitch for s in late.heard[:1]]
    assert [s.note for s in early.heard][:1] == [s.note for s in late.heard][:1]


def test_one_that_nobody_wakes_in_time_begins_anew(kit: Kit, instrument: str) -> None:
    stage = kit.stage(instrument=instrument, lag=0.5, cost=0.1).run(kit.phrase(), until=60.0)
    assert stage.heard  # the stage itself refuses onsets in the past


def test_it_hears_as_much_as_its_window_holds(kit: Kit) -> None:
    codec = kit.codec("symbols")
    imitator = kit.imitator(codec=codec, window=40)
    partner = kit.partner(instrument="symbols", predictor=imitator, window_notes=8)
    events = kit.phrase(gap=0.1, pitches=[60 + k % 12 for k in range(100)])
    for event in events:
        partner.take(kit.given(event))
    assert len(partner.ensemble.listening.window.snapshot(events[-1].time)) == 100
    few = kit.partner(window_notes=8)
    for event in events:
        few.take(kit.given(event))
    assert len(few.ensemble.listening.window.snapshot(events[-1].time)) == 8
