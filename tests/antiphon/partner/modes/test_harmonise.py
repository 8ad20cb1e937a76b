from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.partner import Change, End, Play, Stop

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

INSTRUMENTS = ("performance", "triplet", "symbols")


def warmed(kit: Kit, instrument: str = "performance", **settings: object) -> Stage:
    """A stage that has heard a phrase; what it added to that has ended."""
    stage = kit.stage(mode="harmonise", instrument=instrument, **settings)
    stage.run(kit.phrase(pitches=[60, 64, 67, 72, 67, 64, 60, 55] * 2), until=10.0)
    assert stage.sounding == []
    return stage


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_each_note_sounds_with_others_for_as_long_as_its_key_is_held(
    kit: Kit, instrument: str
) -> None:
    stage = warmed(kit, instrument)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 90)], until=10.0)
    added = stage.heard[before:]
    assert 1 <= len(added) <= 2
    assert [s.note.onset for s in added] == [10.0] * len(added)
    assert all(3 <= abs(s.note.pitch - 62) <= 16 for s in added)
    assert len({s.note.pitch for s in added}) == len(added)
    assert all(s.note.velocity == 72 for s in added)
    stage.run([], until=17.0)
    assert [s.end for s in added] == [None] * len(added)
    stage.run([NoteOff(17.0, 0, 62)], until=17.0)
    assert [s.end for s in added] == [17.0] * len(added)
    assert stage.silences == []


def test_the_first_note_does_not_wait_for_the_others(kit: Kit) -> None:
    imitator = kit.imitator()
    stage = kit.stage(mode="harmonise", predictor=imitator, notes=4)
    stage.run(kit.phrase(pitches=[60, 64, 67, 72] * 3), until=10.0)
    calls, before = imitator.calls, len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 90)], until=10.0)
    assert imitator.calls - calls == len(stage.heard) - before == 1
    stage.run([], until=10.01)
    assert imitator.calls - calls == len(stage.heard) - before == 4


def test_a_key_let_go_at_once_is_given_no_more_notes(kit: Kit) -> None:
    stage = warmed(kit, notes=4)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 90), NoteOff(10.0, 0, 62)], until=11.0)
    assert len(stage.heard) == before + 1
    assert stage.sounding == stage.pending == []


def test_a_chord_is_harmonised_without_a_pitch_twice(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    chord = [NoteOn(10.0 + 0.004 * k, 0, pitch, 80) for k, pitch in enumerate((48, 60, 64, 67))]
    stage.run(chord, until=10.1)
    added = [s.note.pitch for s in stage.heard[before:]]
    assert len(added) == 8
    assert len({*added}) == 8
    for index, pitch in enumerate((48, 60, 64, 67)):
        assert pitch not in added[2 * index :]  # one struck later may be a note added before
    stage.run([NoteOff(11.0, 0, pitch) for pitch in (48, 60, 64, 67)], until=11.0)
    assert stage.sounding == []


@pytest.mark.parametrize("end", ["all notes off", "stop", "mode"])
def test_all_that_was_added_ends(kit: Kit, end: str) -> None:
    stage = warmed(kit)
    stage.run([NoteOn(10.0, 0, 60, 80), NoteOn(10.5, 0, 64, 80)], until=11.0)
    assert len(stage.sounding) == 4
    how = {
        "all notes off": Control(11.0, 0, 123, 0),
        "stop": Stop(11.0),
        "mode": Change(11.0, "partner.mode", "listen"),
    }
    stage.run([how[end]], until=11.0)
    assert stage.sounding == stage.pending == []


def test_a_key_struck_again_ends_what_it_added_before(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 60, 80), NoteOn(11.0, 0, 60, 80)], until=12.0)
    first, second = stage.heard[before : before + 2], stage.heard[before + 2 :]
    assert [s.end for s in first] == [11.0, 11.0]
    assert len(second) == 2
    stage.run([NoteOff(12.0, 0, 60)], until=12.0)
    assert stage.sounding == []


def test_settings_say_how_many_how_far_and_how_loud(kit: Kit) -> None:
    stage = warmed(kit, notes=4, nearest=5, farthest=12, loudness=0.5)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 60, 100)], until=10.01)
    added = stage.heard[before:]
    assert len(added) == 4
    assert all(5 <= abs(s.note.pitch - 60) <= 12 for s in added)
    assert {s.note.velocity for s in added} == {50}
    stage.run([Change(10.5, "harmonise.notes", 1), NoteOff(10.6, 0, 60)], until=11.0)
    before = len(stage.heard)
    stage.run([NoteOn(11.0, 0, 60, 100)], until=11.0)
    assert len(stage.heard) == before + 1


def test_a_range_with_no_room_adds_nothing(kit: Kit) -> None:
    stage = kit.stage(mode="harmonise", low=60, high=61).run(kit.phrase(pitches=[60, 61]), 10.0)
    assert stage.heard == []


def test_few_rows_are_read_at_a_stroke(kit: Kit) -> None:
    imitator = kit.imitator()
    stage = kit.stage(mode="harmonise", predictor=imitator)
    stage.run(kit.phrase(gap=0.3, pitches=[60 + k % 12 for k in range(100)]), until=40.0)
    reads, calls = imitator.reads, imitator.calls
    stage.run([NoteOn(40.0, 0, 62, 80)], until=40.01)
    assert imitator.reads - reads <= 2
    assert imitator.calls - calls == 2


def test_a_drone_below_does_not_have_everything_read_again(kit: Kit) -> None:
    imitator = kit.imitator()
    stage = kit.stage(mode="harmonise", predictor=imitator)
    stage.run([NoteOn(0.5, 0, 36, 80)], until=0.6)
    reads = []
    for index in range(100):
        onset = 1.0 + 0.3 * index
        stage.run([NoteOn(onset, 0, 60 + index % 12, 80)], until=onset)
        before = imitator.reads
        stage.run([NoteOff(onset + 0.2, 0, 60 + index % 12)], until=onset + 0.29)
        reads.append(imitator.reads - before)
    assert max(reads[20:]) <= 2 * 16
    stage.run([NoteOff(40.0, 0, 36)], until=50.0)
    assert stage.sounding == []


def test_what_it_adds_is_planned_as_notes_without_an_end(kit: Kit) -> None:
    stage = warmed(kit)
    plays = [output for output in stage.outputs if isinstance(output, Play)]
    ends = [output for output in stage.outputs if isinstance(output, End)]
    assert len(plays) > 10
    assert [play.note.duration for play in plays] == [None] * len(plays)
    assert sorted(end.identity for end in ends) == sorted(play.identity for play in plays)


@pytest.mark.parametrize(
    ("loudness", "velocity", "added"), [(2.0, 100, 127), (2.0, 63, 126), (0.05, 10, 1)]
)
def test_no_added_note_is_louder_or_softer_than_midi_knows(
    kit: Kit, loudness: float, velocity: int, added: int
) -> None:
    stage = warmed(kit, loudness=loudness)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, velocity)], until=10.01)
    assert [sounded.note.velocity for sounded in stage.heard[before:]] == [added] * 2


def test_the_nearest_and_the_farthest_are_both_allowed(kit: Kit) -> None:
    stage = warmed(kit, nearest=7, farthest=7)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 90)], until=10.01)
    assert sorted(sounded.note.pitch for sounded in stage.heard[before:]) == [55, 69]


def test_what_it_added_is_remembered_for_as_long_as_it_sounded(kit: Kit) -> None:
    stage = warmed(kit)
    before = len(stage.heard)
    stage.run([NoteOn(10.0, 0, 62, 90), NoteOff(11.5, 0, 62)], until=12.0)
    added = {sounded.note.pitch for sounded in stage.heard[before:]}
    assert len(added) == 2
    notes = stage.snapshot(12.0)
    notes = notes[notes["onset"] == 10.0]
    assert set(notes["pitch"].tolist()) == {62, *added}
    assert notes["duration"].tolist() == pytest.approx([1.5] * 3)


@pytest.mark.parametrize(("count", "added"), [(11, 2), (12, 0)])
def test_what_was_only_listened_to_is_read_at_the_first_stroke_unless_it_is_much(
    kit: Kit, count: int, added: int
) -> None:
    """A stroke waits for a dozen rows at most: a few hundredths of a second."""
    imitator = kit.imitator()
    stage = kit.stage(mode="listen", predictor=imitator)
    stage.run(kit.phrase(pitches=[60 + index % 5 for index in range(count)]), until=10.0)
    assert imitator.reads == 0
    stage.run([Change(10.0, "partner.mode", "harmonise"), NoteOn(10.0, 0, 62, 90)], until=10.0)
    assert imitator.reads == 12
    stage.run([], until=10.01)
    assert len(stage.heard) == added
    stage.run([NoteOff(10.5, 0, 62), NoteOn(11.0, 0, 64, 90)], until=11.01)
    assert len(stage.heard) == added + 2
