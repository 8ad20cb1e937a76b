"""Habits of real gear and of real players, played to the partner in simulated time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.messages import Control, NoteOff, NoteOn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit, Stage

ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
SOONEST, LATEST = 0.6, 0.6 + 0.02 + 0.25 + 0.02
"""Seconds after the last key within which the first note of an answer lies: at the latest
where the player, who strikes every quarter of a second, would strike next."""


def by_time(events: Sequence[Any]) -> list[Any]:
    return sorted(events, key=lambda event: event.time)


def answered_after(stage: Stage, end: float) -> bool:
    """Whether the first note came when it should after a phrase that ended then."""
    return bool(stage.heard) and end + SOONEST <= stage.onsets[0] <= end + LATEST


# All Notes Off and All Sound Off


@pytest.mark.parametrize("control", [ALL_NOTES_OFF, ALL_SOUND_OFF])
def test_all_notes_off_after_the_last_key_is_no_panic(kit: Kit, control: int) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time
    stage = kit.stage().run([*phrase, Control(end + 0.001, 0, control, 0)], until=20.0)
    assert answered_after(stage, end)
    assert stage.silences == []


def test_all_notes_off_after_every_key_is_no_panic(kit: Kit) -> None:
    phrase = kit.phrase()
    offs = [
        Control(event.time + 0.001, 0, ALL_NOTES_OFF, 0)
        for event in phrase
        if isinstance(event, NoteOff)
    ]
    stage = kit.stage().run(by_time([*phrase, *offs]), until=20.0)
    assert answered_after(stage, phrase[-1].time + 0.001) or answered_after(stage, phrase[-1].time)
    assert len(stage.snapshot(phrase[-1].time)) == 8


def test_all_notes_off_stands_for_the_note_offs_of_its_channel(kit: Kit) -> None:
    held = [NoteOn(1.0 + 0.2 * k, 0, 60 + k, 80) for k in range(6)]
    other = NoteOn(1.0, 4, 40, 80)
    stage = kit.stage().run([other, *held, Control(2.5, 0, ALL_NOTES_OFF, 0)], until=3.0)
    notes = stage.snapshot(3.0)
    assert np.isnan(notes["duration"]).tolist() == [pitch == 40 for pitch in notes["pitch"]]
    stage.run([NoteOff(3.0, 4, 40)], until=10.0)
    assert answered_after(stage, 3.0)


def test_a_daw_that_stops_or_loops_on_sixteen_channels_ends_no_answer(kit: Kit) -> None:
    phrase = kit.phrase()
    stage = kit.stage().run(phrase, until=phrase[-1].time + 1.2)
    assert stage.answering
    stop = [
        Control(stage.now, channel, control, 0)
        for channel in range(16)
        for control in (ALL_NOTES_OFF, ALL_SOUND_OFF, 121)
    ]
    heard = len(stage.heard)
    stage.run(stop, until=stage.now + 10.0)
    assert stage.silences == []
    assert stage.panics == 0
    assert len(stage.heard) > heard


# Ghost notes


def ghosts(start: float, count: int, apart: float, velocity: int, seconds: float) -> list[Any]:
    events: list[Any] = []
    for index in range(count):
        onset = start + index * apart
        events += [NoteOn(onset, 0, 50 + index % 7, velocity)]
        events += [NoteOff(onset + seconds, 0, 50 + index % 7)]
    return events


@pytest.mark.parametrize(("velocity", "seconds"), [(2, 0.009), (3, 0.008), (1, 0.001), (5, 0.02)])
def test_ghost_notes_neither_end_an_answer_nor_put_it_off(
    kit: Kit, velocity: int, seconds: float
) -> None:
    phrase = kit.phrase()
    end = phrase[-1].time
    stray = ghosts(1.1, 40, 0.5, velocity, seconds)
    stage = kit.stage().run(by_time([*phrase, *stray]), until=20.0)
    assert answered_after(stage, end)
    assert stage.silences == []
    notes = stage.snapshot(end + 0.1)
    assert len(notes) == 8
    assert notes["velocity"].min() >= 64


def test_ghost_notes_alone_are_never_answered(kit: Kit) -> None:
    stage = kit.stage().run(ghosts(1.0, 30, 0.4, 3, 0.009), until=60.0)
    assert stage.outputs == []


@pytest.mark.parametrize(("velocity", "seconds"), [(3, 0.2), (6, 0.03), (12, 0.01), (90, 0.004)])
def test_pianissimo_and_staccato_count(kit: Kit, velocity: int, seconds: float) -> None:
    events = ghosts(1.0, 8, 0.25, velocity, seconds)
    stage = kit.stage().run(events, until=20.0)
    assert answered_after(stage, events[-1].time)
    assert len(stage.snapshot(events[-1].time)) == 8
    # Such a note takes over too, and lasts from when it was struck.
    again = kit.stage().run(kit.phrase(), until=4.3)
    assert again.answering
    again.run([NoteOn(4.3, 0, 72, velocity)], until=4.33)
    assert again.silences == [4.3]
    assert not again.answering


def test_what_is_a_ghost_is_a_setting(kit: Kit) -> None:
    events = ghosts(1.0, 8, 0.25, 15, 0.03)
    assert kit.stage(ghost_velocity=20, ghost_seconds=0.05).run(events, until=20.0).outputs == []
    assert kit.stage(ghost_velocity=0).run(ghosts(1.0, 8, 0.25, 1, 0.001), until=20.0).heard


# One stroke, heard twice


def doubled(phrase: Sequence[Any], later: float, channel: int) -> list[Any]:
    """What a second layer, or a second cable, sends of the same keys."""
    again: list[Any] = []
    for event in phrase:
        match event:
            case NoteOn():
                again.append(NoteOn(event.time + later, channel, event.pitch, event.velocity))
            case NoteOff():
                again.append(NoteOff(event.time + later, channel, event.pitch))
    return by_time([*phrase, *again])


@pytest.mark.parametrize("later", [0.0, 0.001, 0.004, 0.012])
@pytest.mark.parametrize("channel", [0, 1])
def test_a_key_heard_twice_is_one_stroke(kit: Kit, later: float, channel: int) -> None:
    phrase = kit.phrase()
    once = kit.stage().run(phrase, until=20.0)
    twice = kit.stage().run(doubled(phrase, later, channel), until=20.0)
    notes, plain = (stage.snapshot(3.0) for stage in (twice, once))
    assert notes["pitch"].tolist() == plain["pitch"].tolist()
    assert notes["onset"].tolist() == plain["onset"].tolist()
    assert notes["velocity"].tolist() == plain["velocity"].tolist()
    assert notes["duration"].tolist() == pytest.approx(plain["duration"].tolist(), abs=0.0121)
    if later == 0.0:
        assert [s.note for s in twice.heard] == [s.note for s in once.heard]


def test_a_contact_that_bounces_is_one_stroke(kit: Kit) -> None:
    events: list[Any] = []
    for event in kit.phrase():
        events.append(event)
        if isinstance(event, NoteOn):
            events.append(NoteOff(event.time + 0.001, 0, event.pitch))
            events.append(NoteOn(event.time + 0.003, 0, event.pitch, 20))
    stage = kit.stage().run(by_time(events), until=20.0)
    notes = stage.snapshot(3.0)
    assert len(notes) == 8
    assert notes["duration"].tolist() == pytest.approx([0.2] * 8)
    assert notes["velocity"].tolist() == list(range(64, 72))


@pytest.mark.parametrize("gap", [0.065, 0.08, 0.12])
def test_the_fastest_repetition_of_a_key_is_many_strokes(kit: Kit, gap: float) -> None:
    events = kit.phrase(gap=gap, pitches=[60] * 12, legato=0.5)
    stage = kit.stage(mode="listen").run(events, until=3.0)
    assert len(stage.snapshot(3.0)) == 12


# Players


def lone_notes(apart: float, count: int, start: float = 1.0) -> list[Any]:
    events: list[Any] = []
    for index in range(count):
        onset = start + index * apart
        events += [NoteOn(onset, 0, 60 + index % 5, 70), NoteOff(onset + 0.4, 0, 60 + index % 5)]
    return events


@pytest.mark.parametrize("apart", [1.6, 2.4, 3.2, 4.0])
def test_one_note_after_another_is_waited_for_after_the_first(kit: Kit, apart: float) -> None:
    events = lone_notes(apart, 12)
    stage = kit.stage().run(events, until=events[-1].time)
    second = events[2].time
    assert not [onset for onset in stage.onsets if second + 3.0 < onset]
    assert len(stage.silences) <= 1
    stage.run([], until=events[-1].time + 7.0)
    assert stage.onsets[-1] > events[-1].time


def test_a_note_now_and_then_is_a_call_and_is_answered_each_time(kit: Kit) -> None:
    stage = kit.stage()
    for call in range(5):
        start = 1.0 + 6.0 * call
        stage.run(lone_notes(9.0, 1, start), until=start + 0.4 + 0.61)
        heard = len(stage.heard)
        stage.run([], until=start + 2.0)
        assert len(stage.heard) > heard
        stage.run([], until=start + 5.9)


def test_a_drone_holds_up_no_answer(kit: Kit) -> None:
    stage = kit.stage().run([NoteOn(1.0, 0, 36, 70), NoteOn(1.0, 0, 43, 70)], until=9.0)
    for start in (10.0, 30.0, 120.0):
        heard = len(stage.heard)
        phrase = kit.phrase(start=start)
        stage.run(phrase, until=phrase[-1].time + 0.599)
        assert len(stage.heard) == heard
        stage.run([], until=phrase[-1].time + LATEST)
        assert len(stage.heard) > heard
        stage.run([], until=start + 12.0)


def test_when_a_drone_stops_counting_does_not_depend_on_who_asks(kit: Kit) -> None:
    events = [NoteOn(1.0, 0, 36, 70), *kit.phrase(start=3.0, gap=0.25)]
    end = events[-1].time  # 4.95: the bass becomes a drone at 7.0, two seconds after
    once = kit.stage().run(events, until=20.0)
    often = kit.stage()
    for moment in np.arange(0.0, 20.0, 0.05):
        often.run([e for e in events if moment <= e.time < moment + 0.05], until=moment + 0.05)
        often.simulation.stage.tick(often.now)
    assert 7.0 <= once.onsets[0] <= 7.0 + LATEST - SOONEST
    assert end + 2.5 > once.onsets[0]
    assert once.onsets[0] == pytest.approx(often.onsets[0], abs=0.01)


def test_how_far_back_the_window_goes_says_nothing_of_keys_held(kit: Kit) -> None:
    events = [NoteOn(1.0, 0, 36, 70), *kit.phrase(start=3.0, gap=0.2)]
    first = [
        kit.stage(window_seconds=seconds).run(events, until=20.0).onsets[0]
        for seconds in (1.5, 5.0, 30.0)
    ]
    assert max(first) - min(first) < 0.16


# Those who never pause


def test_one_who_never_pauses_is_told_once_what_helps(kit: Kit) -> None:
    arpeggio = kit.phrase(start=1.0, gap=0.15, pitches=[48, 52, 55, 60] * 300, legato=0.5)
    stage = kit.stage().run(arpeggio, until=150.0)
    assert len(stage.sentences) == 1
    assert "midi.hear_channel" in stage.sentences[0]
    assert "midi.input" in stage.sentences[0]
    assert stage.heard == []


@pytest.mark.parametrize("mode", ["listen", "harmonise"])
def test_a_mode_that_waits_for_no_pause_gives_no_such_hint(kit: Kit, mode: str) -> None:
    arpeggio = kit.phrase(start=1.0, gap=0.3, pitches=[48, 52, 55, 60] * 100, legato=0.5)
    assert kit.stage(mode=mode).run(arpeggio, until=130.0).sentences == []


def test_a_player_who_pauses_is_given_no_hint(kit: Kit) -> None:
    stage = kit.stage()
    for start in range(1, 200, 12):
        stage.run(kit.phrase(start=float(start)), until=start + 11.9)
    assert stage.sentences == []
