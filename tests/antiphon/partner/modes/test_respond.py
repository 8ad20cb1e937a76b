from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.messages import NoteOff, NoteOn

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

LEAD = 0.02
TWO_BARS = 8.25 * 0.5
"""What is held is waited for until a bar is over, and a quarter of a beat: the beat is sure."""

WAIT = 0.25 + 0.02
"""The first note waits for the next place in the beat: the player strikes four times a second."""


def _pause_ends(events: list[Any], pause: float = 0.6) -> float:
    return float(events[-1].time) + pause


def test_it_answers_at_once_after_the_pause_and_not_before(kit: Kit) -> None:
    events = kit.phrase()
    stage = kit.stage().run(events, until=20.0)
    end = _pause_ends(events)
    assert end <= stage.onsets[0] <= end + LEAD + WAIT


def test_the_answer_is_as_long_as_the_phrase(kit: Kit) -> None:
    events = kit.phrase(gap=0.3, pitches=range(50, 70))
    phrase = events[-1].time - events[0].time
    stage = kit.stage().run(events, until=30.0)
    length = stage.onsets[-1] - _pause_ends(events)
    assert phrase - 2.0 <= length <= phrase + LEAD
    assert len(stage.heard) > 5


@pytest.mark.parametrize(
    ("pitches", "gap", "longest"),
    [((60,), 0.3, 1.5), (tuple(range(40, 80)) * 8, 0.2, 20.0)],
)
def test_an_answer_keeps_to_its_limits(
    kit: Kit, pitches: tuple[int, ...], gap: float, longest: float
) -> None:
    events = kit.phrase(pitches=pitches, gap=gap)
    stage = kit.stage().run(events, until=events[-1].time + 60.0)
    length = stage.onsets[-1] - _pause_ends(events)
    assert longest * 2 / 3 - 0.5 <= length <= longest + LEAD + 0.01
    assert len(stage.heard) >= 3


def test_it_lets_the_last_notes_end_and_never_answers_itself(kit: Kit) -> None:
    stage = kit.stage().run(kit.phrase(), until=300.0)
    assert stage.silences == []
    assert stage.sounding == []
    assert stage.pending == []
    assert stage.partner.next_wake() is None
    assert stage.onsets[-1] < 10.0


def test_it_answers_every_phrase(kit: Kit) -> None:
    stage = kit.stage()
    for start in (1.0, 15.0, 30.0):
        before = len(stage.heard)
        stage.run(kit.phrase(start=start), until=start + 13.0)
        assert len(stage.heard) > before


@pytest.mark.parametrize("gap", [0.06, 0.125, 0.3, 0.7, 1.5])
def test_players_of_all_tempi_can_finish_what_they_say(kit: Kit, gap: float) -> None:
    events = kit.phrase(gap=gap, legato=0.5)
    # Until it has heard a gap it cannot know that the player is slow: it may break in once.
    stage = kit.stage().run(events, until=90.0)
    assert len(stage.silences) <= 1
    known = kit.phrase(gap=gap, legato=0.5, start=100.0)
    before = len(stage.heard)
    stage.run(known, until=_pause_ends(known, max(0.6, 2 * gap)) - 0.001)
    assert len(stage.heard) == before
    stage.run([], until=stage.now + max(gap, 0.2))
    assert len(stage.heard) > before


def test_a_held_key_is_answered_over_the_held_note(kit: Kit) -> None:
    events = [*kit.phrase()[:-1], NoteOn(4.0, 0, 48, 70)]
    end = 4.0 + TWO_BARS
    stage = kit.stage().run(events, until=end - 0.1)
    assert stage.heard == []
    stage.run([], until=end + 0.4)
    assert end - 0.05 <= stage.onsets[0] <= end + 0.05 + LEAD + WAIT
    seed = stage.snapshot(6.5)
    assert math.isnan(seed["duration"][seed["pitch"] == 48][0])


def test_letting_go_of_a_held_key_or_pedal_does_not_interrupt(kit: Kit) -> None:
    events = [kit.pedal(0.5, down=True), NoteOn(1.0, 0, 48, 70), NoteOn(1.5, 0, 52, 70)]
    stage = kit.stage().run(events, until=6.0)
    assert stage.answering
    stage.run([NoteOff(6.0, 0, 48), NoteOff(6.1, 0, 52), kit.pedal(6.2, down=False)], until=7.0)
    assert stage.silences == []


@pytest.mark.parametrize("pedal", ["keys", "sustain"])
def test_a_pedal_that_is_down_is_waited_for_longer_but_not_for_ever(kit: Kit, pedal: str) -> None:
    events = [kit.pedal(0.5, down=True), *kit.phrase()]
    stage = kit.stage(pedal=pedal).run(events, until=20.0)
    end = _pause_ends(events, 4.0 * 0.6)
    assert end <= stage.onsets[0] <= end + LEAD + WAIT
    sustained = np.isnan(stage.snapshot(end)["duration"])
    # A key struck again ended its first note; the others ring on.
    assert bool(sustained.any()) == (pedal == "sustain")


def test_a_pedal_that_is_ignored_keeps_nobody_waiting(kit: Kit) -> None:
    events = [kit.pedal(0.5, down=True), *kit.phrase()]
    stage = kit.stage(pedal_does="ignore").run(events, until=20.0)
    end = _pause_ends(events)
    assert end <= stage.onsets[0] <= end + LEAD + WAIT


def test_lifting_the_pedal_in_the_pause_reads_what_it_ended_again(kit: Kit) -> None:
    imitator = kit.imitator()
    events = [kit.pedal(0.5, down=True), *kit.phrase()]
    lift = kit.pedal(_pause_ends(events) - 0.1, down=False)
    stage = kit.stage(pedal="sustain", predictor=imitator).run([*events, lift], until=20.0)
    assert 8 < imitator.reads <= 3 * 8
    assert stage.onsets[0] <= lift.time + 0.3 + LEAD + WAIT


def test_it_never_plays_outside_its_range(kit: Kit) -> None:
    stage = kit.stage(low=64, high=70).run(kit.phrase(pitches=range(30, 60)), until=30.0)
    assert stage.heard
    assert all(64 <= sounded.note.pitch <= 70 for sounded in stage.heard)


def test_a_range_of_one_pitch_never_strikes_it_twice_at_once(kit: Kit) -> None:
    stage = kit.stage(low=64, high=64).run(kit.phrase(gap=0.08), until=30.0)
    assert len(stage.heard) > 2
    assert all(b - a > 0.049 for a, b in itertools.pairwise(stage.onsets))


def test_notes_are_never_longer_than_asked(kit: Kit) -> None:
    stage = kit.stage(longest_note=0.05).run(kit.phrase(gap=0.5), until=30.0)
    assert all(0.0 < (sounded.note.duration or 0.0) <= 0.05 + 1e-9 for sounded in stage.heard)


def test_a_crowd_of_notes_is_thinned(kit: Kit) -> None:
    chords = [
        NoteOn(1.0 + 0.1 * beat + 0.001 * voice, 0, 40 + 3 * voice, 80)
        for beat in range(20)
        for voice in range(10)
    ]
    lifted = [NoteOff(event.time + 0.08, 0, event.pitch) for event in chords]
    events = sorted([*chords, *lifted], key=lambda event: event.time)
    stage = kit.stage(notes_per_second=12).run(events, until=20.0)
    assert len(stage.heard) > 3
    onsets = np.array(stage.onsets)
    assert all(np.count_nonzero((onsets >= t) & (onsets < t + 0.249)) <= 3 for t in onsets)


def test_voices_are_limited(kit: Kit) -> None:
    events = kit.phrase(gap=0.2, legato=15.0, pitches=range(40, 70))
    stage = kit.stage(voices=3).run(events, until=60.0)
    notes = [sounded.note for sounded in stage.heard]
    assert len(notes) > 3
    for note in notes:
        before = [n for n in notes if n.onset <= note.onset < (n.end or 0.0) and n is not note]
        waited = note.onset - max([n.onset for n in before], default=0.0)
        assert len(before) < 3 or waited > 1.0


@pytest.mark.parametrize(("gap", "longest"), [(0.8, 1.0), (1.9, 1.9)])
def test_no_gap_is_longer_than_asked_or_played(kit: Kit, gap: float, longest: float) -> None:
    pitches = (48, 52, 55, 60, 48, 52, 55, 60)
    events = kit.phrase(gap=gap, legato=0.9, pitches=pitches)
    # A groove would move onsets from their nominal places.
    stage = kit.stage(longest_gap=1.0, strength=0.0).run(events, until=60.0)
    assert len(stage.heard) > 3
    assert all(b - a <= longest + 1e-9 for a, b in itertools.pairwise(stage.onsets))


def test_a_long_silence_before_the_answer_does_not_stall_it(kit: Kit) -> None:
    held = [NoteOn(1.0, 0, 60, 80), NoteOff(25.0, 0, 60)]
    stage = kit.stage(held_pause=60.0, drone_after=100.0).run(held, until=40.0)
    assert 25.6 <= stage.onsets[0] <= 25.6 + LEAD + WAIT


def test_what_is_older_than_the_window_is_answered_all_the_same(kit: Kit) -> None:
    held = [NoteOn(1.0, 0, 60, 80), NoteOff(50.0, 0, 60)]
    stage = kit.stage(held_pause=110.0, drone_after=100.0).run(held, until=60.0)
    assert stage.heard


def _repeated(stage: Stage) -> list[tuple[Any, ...]]:
    return [(s.note.pitch, s.note.onset, s.note.duration, s.note.velocity) for s in stage.heard]


def test_the_same_seed_and_events_give_the_same_notes(kit: Kit) -> None:
    events = kit.phrase() + kit.phrase(start=5.5) + kit.phrase(start=20.0)
    first, again, other = (
        kit.stage(seed=seed, lag=lag).run(events, until=40.0)
        for seed, lag in ((1, 0.0), (1, 0.0), (2, 0.0))
    )
    assert first.outputs == again.outputs
    assert _repeated(first) != _repeated(other)


def test_ticks_a_little_late_change_nothing(kit: Kit) -> None:
    # A replay wakes at other instants than the session did.
    events = kit.phrase() + kit.phrase(start=5.5) + kit.phrase(start=20.0)
    punctual = kit.stage(lag=0.0).run(events, until=40.0)
    late = kit.stage(lag=0.004, cost=0.001).run(events, until=40.0)
    assert _repeated(punctual) == _repeated(late)


def test_a_stalled_machine_still_plays_nothing_in_the_past(kit: Kit) -> None:
    stage = kit.stage(lag=0.7, cost=0.2).run(kit.phrase(), until=60.0)
    assert stage.heard  # the stage itself refuses onsets in the past


def test_little_is_done_in_one_tick(kit: Kit) -> None:
    imitator = kit.imitator()
    partner = kit.partner(predictor=imitator, calls_per_tick=3)
    for event in kit.phrase(gap=0.05, pitches=range(30, 100)):
        partner.take(kit.given(event))
    now, most = 0.0, 0
    for _ in range(2000):
        wake = partner.next_wake()
        if wake is None:
            break
        now = max(now, wake)
        before = imitator.calls + imitator.reads
        partner.tick(now)
        most = max(most, imitator.calls + imitator.reads - before)
    assert imitator.reads >= 64
    assert imitator.calls > 3
    assert most <= 4  # a flam is drawn anew


def test_a_chord_that_is_held_is_answered_after_a_bar_where_the_beat_is_sure(kit: Kit) -> None:
    beat = 0.8
    pitches = (60, 64, 67, 64) * 5
    events = kit.phrase(gap=beat, legato=0.5, pitches=pitches)
    last = events[-2].time + beat
    chord = [NoteOn(last, 0, pitch, 70) for pitch in (48, 64, 72)]
    stage = kit.stage().run([*events, *chord], until=last + 9.0)
    answer = [onset for onset in stage.onsets if onset > last]
    assert answer
    assert last + 4.25 * beat <= answer[0] < last + 6.0 * beat


def test_slow_chords_are_answered_within_a_bar_where_the_beat_is_sure(kit: Kit) -> None:
    """Two of their gaps would be two bars."""
    bar = 2.4
    chords = [
        event
        for number in range(5)
        for pitch in (48, 60, 64, 67)
        for event in (
            NoteOn(1.0 + number * bar, 0, pitch, 70),
            NoteOff(1.0 + (number + 0.85) * bar, 0, pitch),
        )
    ]
    events = sorted(chords, key=lambda event: event.time)
    stage = kit.stage().run(events, until=events[-1].time + 9.0)
    answer = [onset for onset in stage.onsets if onset > events[-1].time]
    assert answer
    assert events[-1].time + 0.9 * bar <= answer[0] < events[-1].time + 1.3 * bar


@pytest.mark.parametrize("mode", ["respond", "continue", "echo"])
def test_notes_that_leave_early_never_leave_before_now(kit: Kit, mode: str) -> None:
    """The stage of these tests asserts that of each note; the answer begins no later for it."""
    phrase = kit.phrase()
    plain = kit.stage(mode=mode).run(phrase, until=phrase[-1].time + 6.0)
    early = kit.stage(mode=mode, early=0.2).run(phrase, until=phrase[-1].time + 6.0)
    assert len(early.onsets) >= 3
    assert abs(early.onsets[0] - plain.onsets[0]) <= WAIT
    sounds = early.snapshot(early.now)["onset"]
    assert early.onsets[0] + 0.2 == pytest.approx(sounds[sounds > phrase[-1].time][0])


def test_a_note_that_left_early_is_known_to_have_sounded(kit: Kit) -> None:
    phrase = kit.phrase()
    stage = kit.stage(early=0.2).run(phrase, until=phrase[-1].time + 3.0)
    onset = stage.onsets[-1]
    stage.run([NoteOn(stage.now, 0, 72, 80)], until=stage.now)
    assert stage.pending == stage.sounding == []
    own = stage.partner.ensemble.listening.window
    notes = own.since(0.0, stage.now + 0.2)
    sounded = notes["onset"][own.sides(notes)]
    assert len(sounded) == len(stage.heard)
    assert sounded[-1] == pytest.approx(onset + 0.2)
