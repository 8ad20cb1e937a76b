"""A contact that bounces, and a stroke that is heard twice, in the mode `harmonise`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import NoteOff, NoteOn

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage


def warmed(kit: Kit, **settings: object) -> Stage:
    """A stage that has heard a phrase; what it added to that has ended."""
    stage = kit.stage(mode="harmonise", **settings)
    stage.run(kit.phrase(pitches=[60, 64, 67, 72, 67, 64, 60, 55] * 2), until=10.0)
    assert stage.sounding == []
    return stage


@pytest.mark.parametrize("cost", [0.0, 0.0005, 0.003])
@pytest.mark.parametrize("velocity", [3, 80], ids=["soft", "loud"])
def test_a_bouncing_contact_keeps_what_was_added_for_as_long_as_the_key_is_held(
    kit: Kit, velocity: int, cost: float
) -> None:
    stage = warmed(kit, cost=cost, notes=4)
    before = len(stage.heard)
    stage.run(
        [
            NoteOn(10.0, 0, 62, 80),
            NoteOff(10.002, 0, 62),
            NoteOn(10.004, 0, 62, velocity),
        ],
        until=11.0,
    )
    added = stage.heard[before:]
    assert len(added) == 4
    assert [s.end for s in added] == [None] * 4
    stage.run([NoteOff(11.0, 0, 62)], until=11.0)
    assert [s.end for s in added] == [11.0] * 4
    assert stage.pending == []
    assert stage.silences == []


def test_a_contact_may_bounce_many_times(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    bounces = [
        event
        for k in range(1, 4)
        for event in (NoteOff(10.0 + 0.004 * k, 0, 62), NoteOn(10.002 + 0.004 * k, 0, 62, 70))
    ]
    stage.run([NoteOn(10.0, 0, 62, 80), *bounces], until=12.0)
    added = stage.heard[before:]
    assert len(added) == 2
    assert [s.end for s in added] == [None, None]
    stage.run([NoteOff(12.0, 0, 62)], until=12.0)
    assert stage.sounding == []


def test_a_key_that_does_not_come_back_ends_its_notes_when_it_no_longer_can(kit: Kit) -> None:
    stage = warmed(kit, same_within=0.02)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 80), NoteOff(10.005, 0, 62)], until=11.0)
    added = stage.heard[before:]
    assert len(added) >= 1
    assert all(s.end is not None and 10.02 <= s.end <= 10.022 for s in added)


def test_a_later_release_ends_them_at_once(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 80), NoteOff(10.021, 0, 62)], until=10.021)
    added = stage.heard[before:]
    assert len(added) == 2
    assert [s.end for s in added] == [10.021, 10.021]


def test_another_key_between_a_bounce_loses_nothing(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    stage.run(
        [
            NoteOn(10.0, 0, 62, 80),
            NoteOff(10.002, 0, 62),
            NoteOn(10.003, 0, 65, 80),
            NoteOn(10.004, 0, 62, 80),
        ],
        until=11.0,
    )
    assert len(stage.heard[before:]) >= 3
    assert len(stage.sounding) == len(stage.heard[before:])
    stage.run([NoteOff(11.0, 0, 62), NoteOff(11.1, 0, 65)], until=11.1)
    assert stage.sounding == stage.pending == []


def test_a_key_that_joins_a_layer_ends_the_stroke_it_held_before(kit: Kit) -> None:
    stage = warmed(kit)
    stage.run(
        [NoteOn(10.0, 0, 62, 80), NoteOn(11.0, 1, 62, 80), NoteOn(11.005, 0, 62, 80)], until=11.5
    )
    assert 1 <= len(stage.sounding) <= 2
    stage.run([NoteOff(12.0, 0, 62), NoteOff(12.0, 1, 62)], until=12.0)
    assert stage.sounding == []
    notes = stage.snapshot(12.5)
    assert notes["duration"][notes["pitch"] == 62][-2:].tolist() == pytest.approx(
        [1.005, 1.0], abs=1e-6
    )


def test_a_soft_contact_before_the_loud_one_swallows_no_note_off(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    stage.run(
        [NoteOn(10.0, 0, 62, 3), NoteOn(10.003, 0, 62, 80), NoteOff(10.012, 0, 62)], until=11.0
    )
    assert len(stage.heard) > before
    assert stage.sounding == []
