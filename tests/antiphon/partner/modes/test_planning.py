"""An answer is planned in the pause: in time, without a trace, and open to changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from antiphon.messages import NoteOff, NoteOn
from antiphon.partner import Change

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

LONG = tuple(range(50, 70))
"""A phrase of six seconds, with a gap of 0.3 s."""


def calls_of(stage: Stage, predictor: Any) -> list[tuple[float, int]]:
    """The time of each tick from now on, and its calls of the instrument."""
    ticks: list[tuple[float, int]] = []
    tick = stage.partner.tick

    def counted(now: float) -> Any:
        before = predictor.calls
        outputs = tick(now)
        ticks.append((now, predictor.calls - before))
        return outputs

    stage.partner.tick = counted  # type: ignore[method-assign]
    return ticks


def test_a_whole_answer_is_planned_before_the_pause_is_over(kit: Kit) -> None:
    predictor = kit.imitator()
    stage = kit.stage(predictor=predictor)
    ticks = calls_of(stage, predictor)
    events = kit.phrase(gap=0.3, pitches=LONG)
    stage.run(events, until=30.0)
    end = events[-1].time + 0.6
    drawn = [now for now, calls in ticks if calls]
    assert len(drawn) >= 12
    assert end - 0.3 - 1e-9 <= drawn[0]
    assert drawn[-1] <= end - 0.02
    assert max(calls for _, calls in ticks) == 1  # a batch of eight is all that a key waits for
    assert len(stage.heard) >= 10


def test_notes_are_handed_over_no_earlier_than_before(kit: Kit) -> None:
    stage = kit.stage(horizon=0.5).run(kit.phrase(gap=0.3, pitches=LONG), until=30.0)
    assert len(stage.planned) >= 10
    onsets = [onset for _, onset in stage.planned]
    for (handed, _), before in zip(stage.planned[1:], onsets, strict=False):
        assert handed >= before - 0.5 - 0.03  # the nominal onset counts


@pytest.mark.parametrize("mode", ["respond", "continue"])
def test_how_long_a_tick_takes_changes_no_note_while_there_is_time(kit: Kit, mode: str) -> None:
    events = kit.phrase(gap=0.3, pitches=LONG)
    quick, slow = (kit.stage(mode=mode, cost=cost).run(events, until=40.0) for cost in (0.0, 0.004))
    assert len(quick.heard) >= 10
    assert [s.note for s in quick.heard] == [s.note for s in slow.heard]


def test_where_there_is_no_time_for_a_plan_the_answer_begins_on_time_all_the_same(
    kit: Kit,
) -> None:
    events = kit.phrase(gap=0.3, pitches=LONG)
    stage = kit.stage(cost=0.06, strength=0.0).run(events, until=40.0)
    assert len(stage.heard) >= 10
    assert 0.0 <= stage.onsets[0] - (events[-1].time + 0.6) <= 0.25
    room = [onset - now for now, onset in stage.planned]
    assert min(room) >= 0.0


def test_a_key_while_it_is_planned_leaves_no_trace(kit: Kit) -> None:
    events = kit.phrase(gap=0.3, pitches=LONG)
    middle = events[-1].time + 0.45
    predictor = kit.imitator()
    stage = kit.stage(predictor=predictor)
    ticks = calls_of(stage, predictor)
    stage.run(events, until=middle)
    assert sum(calls for _, calls in ticks) >= 8
    assert stage.outputs == []
    stage.run([NoteOn(middle, 0, 72, 80), NoteOff(middle + 0.2, 0, 72)], until=middle + 0.5)
    assert stage.outputs == []
    assert len(stage.snapshot(stage.now)) == len(LONG) + 1


def handed(stage: Stage, until: float) -> list[Any]:
    return [s.note for s in stage.heard if s.note.onset <= until]


@pytest.mark.parametrize("mode", ["respond", "continue"])
@pytest.mark.parametrize("name", ["form.register", "partner.low"])
def test_a_change_while_the_answer_plays_is_heard_from_the_next_note_on(
    kit: Kit, mode: str, name: str
) -> None:
    events = kit.phrase(gap=0.3, pitches=LONG)
    value: Any = "away" if name == "form.register" else 76
    at = events[-1].time + 2.6
    plain = kit.stage(mode=mode, horizon=0.2).run(events, until=at + 6.0)
    changed = kit.stage(mode=mode, horizon=0.2)
    changed.run([*events, Change(at, name, value)], until=at + 6.0)
    assert len(handed(plain, at)) >= 4
    assert handed(plain, at) == handed(changed, at)
    after = [[s.note for s in stage.heard if s.note.onset > at + 1.0] for stage in (plain, changed)]
    assert min(map(len, after)) >= 3
    heights = [sum(note.pitch for note in notes) / len(notes) for notes in after]
    assert heights[1] > heights[0] + 4.0


def test_a_change_in_the_pause_is_heard_from_the_first_note_on(kit: Kit) -> None:
    events = kit.phrase(gap=0.3, pitches=LONG)
    stage = kit.stage()
    stage.run([*events, Change(events[-1].time + 0.5, "partner.low", 76)], until=30.0)
    assert len(stage.heard) >= 8
    assert min(s.note.pitch for s in stage.heard) >= 76


def test_each_stretch_is_planned(kit: Kit) -> None:
    predictor = kit.imitator()
    stage = kit.stage(predictor=predictor, mode="continue", rest=2.0)
    ticks = calls_of(stage, predictor)
    events = kit.phrase(gap=0.3, pitches=LONG)
    stage.run(events, until=40.0)
    drawn = [now for now, calls in ticks if calls]
    # In bursts, one a stretch: each takes much less than the stretch.
    begins = [now for before, now in zip([0.0, *drawn], drawn, strict=False) if now > before + 1.0]
    assert len(begins) >= 4
    assert len(stage.heard) >= 30


def test_a_stretch_without_a_rest_goes_on_without_a_break(kit: Kit) -> None:
    stage = kit.stage(mode="continue", rest=0.0)
    stage.run(kit.phrase(gap=0.3, pitches=LONG), until=40.0)
    assert len(stage.heard) >= 30
    gaps = [b - a for a, b in zip(stage.onsets, stage.onsets[1:], strict=False)]
    assert max(gaps) <= 2.5


def test_one_candidate_is_drawn_as_it_is_played(kit: Kit) -> None:
    predictor = kit.imitator()
    stage = kit.stage(predictor=predictor, form_candidates=1, horizon=0.3)
    ticks = calls_of(stage, predictor)
    events = kit.phrase(gap=0.3, pitches=LONG)
    stage.run(events, until=30.0)
    drawn = [now for now, calls in ticks if calls]
    assert len(drawn) >= 10
    assert drawn[-1] > events[-1].time + 3.0
