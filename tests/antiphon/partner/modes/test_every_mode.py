"""What holds in every way of playing: when it wakes, what it reports, what it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.messages import Control, NoteOff, NoteOn
from antiphon.partner import MODES, Change, Report
from antiphon.partner.commands import parse_command
from antiphon.partner.modes.turn import AHEAD

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage

WAITING = ("respond", "continue", "echo")
"""Ways of playing that wait for a pause."""

PAUSE, LEAD, FIRST_NOTE = 0.6, 0.02, 0.15
CLOSE = 1e-6


def a_key(onset: float, seconds: float = 0.1) -> list[Any]:
    return [NoteOn(onset, 0, 60, 80), NoteOff(onset + seconds, 0, 60)]


def begins_after(stage: Stage, end: float, pause: float) -> bool:
    """Whether the first note after `end` comes when a pause of this length is over."""
    onsets = [onset for onset in stage.onsets if onset > end]
    earliest = end + pause + LEAD - CLOSE
    return bool(onsets) and earliest <= onsets[0] <= earliest + FIRST_NOTE + 2 * CLOSE


@pytest.mark.parametrize("mode", MODES)
def test_before_a_key_is_struck_there_is_nothing_to_do_and_to_say(kit: Kit, mode: str) -> None:
    partner = kit.partner(mode=mode)
    assert partner.next_wake() is None
    assert partner.take(kit.given(Control(0.5, 0, 1, 64))) == []
    assert partner.next_wake() is None
    assert partner.tick(1.0) == []
    assert partner.next_wake() is None


@pytest.mark.parametrize("mode", WAITING)
def test_the_first_key_of_a_session_is_answered_after_the_shortest_pause(
    kit: Kit, mode: str
) -> None:
    stage = kit.stage(mode=mode).run(a_key(1.0), until=10.0)
    assert begins_after(stage, 1.1, PAUSE)


@pytest.mark.parametrize("instrument", ["performance", "triplet", "symbols"])
@pytest.mark.parametrize("mode", WAITING)
def test_a_first_key_that_is_held_is_answered_too(kit: Kit, mode: str, instrument: str) -> None:
    stage = kit.stage(mode=mode, instrument=instrument).run([NoteOn(1.0, 0, 60, 80)], until=8.0)
    assert len(stage.heard) >= 1
    # Words begin on a beat or halfway between two, which may be later.
    late = 0.6 if instrument == "symbols" else FIRST_NOTE
    assert 3.5 + LEAD - CLOSE <= stage.onsets[0] <= 3.5 + LEAD + late + CLOSE


@pytest.mark.parametrize("mode", ["listen", "harmonise"])
def test_a_mode_that_answers_nothing_takes_no_key_for_the_rest_of_a_phrase(
    kit: Kit, mode: str
) -> None:
    stage = kit.stage(mode=mode).run(a_key(1.0), until=5.0)
    stage.run([Change(5.0, "partner.mode", "respond"), *a_key(20.0)], until=30.0)
    assert begins_after(stage, 20.1, PAUSE)


@pytest.mark.parametrize(("after", "unfinished"), [(1.4, True), (1.6, False)])
@pytest.mark.parametrize("mode", WAITING)
def test_a_player_who_takes_over_within_the_shortest_answer_had_not_finished(
    kit: Kit, mode: str, after: float, unfinished: bool
) -> None:
    """Then their gap, from key to key over the answer, counts as one of their own."""
    events = kit.phrase(gap=0.5, pitches=(60, 62))  # keys at 1.0 and 1.5
    begins = events[-1].time + 2 * 0.5 + LEAD
    onset = begins + after
    stage = kit.stage(mode=mode).run([*events, *a_key(onset)], until=onset + 20.0)
    assert begins - CLOSE <= stage.onsets[0] <= begins + FIRST_NOTE + CLOSE
    pause = 0.5 + (onset - 1.5) if unfinished else 2 * 0.5  # twice the median gap
    assert begins_after(stage, onset + 0.1, pause)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "continue"])
def test_it_is_not_woken_where_there_is_nothing_to_do(kit: Kit, mode: str) -> None:
    events = kit.phrase(gap=1.5, pitches=range(50, 70))
    stage = kit.stage(mode=mode, pause=4.0).run(events, until=events[-1].time)
    assert stage.ticks <= 3 * len(events)
    stage.run([], until=120.0)
    ticks = stage.ticks
    stage.run([], until=3600.0)
    assert stage.ticks == ticks


@pytest.mark.parametrize("mode", WAITING)
def test_a_long_session_makes_it_no_busier_in_a_pause(kit: Kit, mode: str) -> None:
    ticks = []
    for count in (8, 400):
        events = kit.phrase(gap=0.1, pitches=[60 + index % 12 for index in range(count)])
        # Answers of one length: a longer one is planned for longer.
        stage = kit.stage(mode=mode, longest=1.5).run(events, until=events[-1].time + 0.1)
        before = stage.ticks
        stage.run([], until=events[-1].time + PAUSE + 0.001)
        ticks.append(stage.ticks - before)
    assert 1 <= ticks[1] <= ticks[0] + 4


@pytest.mark.parametrize("mode", MODES)
def test_each_tick_does_what_it_was_asked_for(kit: Kit, mode: str) -> None:
    """Ticks that take no time: a partner that puts anything off would ask for ever."""
    stage = kit.stage(mode=mode, cost=0.0).run(kit.phrase(), until=30.0)
    slow = kit.stage(mode=mode).run(kit.phrase(), until=30.0)
    assert bool(stage.heard) == (mode != "listen")
    assert [sounded.note for sounded in stage.heard] == [sounded.note for sounded in slow.heard]


@pytest.mark.parametrize("mode", WAITING)
def test_ticks_that_nobody_asked_for_change_nothing(kit: Kit, mode: str) -> None:
    events = kit.phrase(gap=0.3)
    asked = kit.stage(mode=mode).run(events, until=20.0)
    more = kit.stage(mode=mode)
    for moment in np.arange(0.0, 20.0, 0.07).tolist():
        now = [event for event in events if moment <= event.time < moment + 0.07]
        more.run(now, until=moment + 0.07)
        more.simulation.stage.tick(more.now)
    until = min(asked.now, more.now)
    notes, plain = (
        [sounded.note for sounded in stage.heard if sounded.note.onset < until]
        for stage in (more, asked)
    )
    assert len(plain) >= 3
    assert notes == plain
    told, reported = ([report.playing for report in stage.reports] for stage in (more, asked))
    assert told == reported


@pytest.mark.parametrize("mode", ["respond", "echo"])
def test_it_reports_when_it_begins_to_play_and_when_it_has_ended(kit: Kit, mode: str) -> None:
    events = kit.phrase()
    stage = kit.stage(mode=mode).run(events, until=30.0)
    begun, ended = stage.reports
    assert begun == Report(begun.time, mode, playing=True)
    assert ended == Report(ended.time, mode, playing=False)
    over = events[-1].time + PAUSE
    due = {"respond": stage.onsets[0] - AHEAD, "echo": stage.onsets[0] - LEAD}[mode]
    assert begun.time == pytest.approx(max(over, due)), "as its first note is due"
    if mode == "echo":
        assert ended.time == pytest.approx(stage.onsets[-1])


@pytest.mark.parametrize("mode", WAITING)
def test_the_pedal_can_be_ignored_from_the_next_command_on(kit: Kit, mode: str) -> None:
    events = kit.phrase(gap=0.5)
    begins = events[-1].time + 2 * 0.5
    command = parse_command("set listening.pedal ignore", 2.0)
    events = sorted([*events, command], key=lambda event: event.time)
    stage = kit.stage(mode=mode).run(events, until=begins + 0.8)
    assert stage.answering
    stage.run([kit.pedal(stage.now, down=True)], until=stage.now)
    assert stage.answering
    assert stage.silences == []


@pytest.mark.parametrize("mode", WAITING)
def test_a_mode_that_is_chosen_again_plays_on(kit: Kit, mode: str) -> None:
    events = kit.phrase()
    stage = kit.stage(mode=mode).run(events, until=events[-1].time + 1.0)
    assert stage.answering
    outputs = len(stage.outputs)
    stage.run([parse_command(f"mode {mode}", stage.now)], until=stage.now)
    assert stage.answering
    assert stage.outputs[outputs:] == []


@pytest.mark.parametrize("mode", WAITING)
def test_one_who_never_pauses_is_told_so_after_three_quarters_of_a_minute(
    kit: Kit, mode: str
) -> None:
    arpeggio = kit.phrase(start=1.0, gap=0.1, pitches=[48, 52, 55, 60] * 250, legato=0.5)
    stage = kit.stage(mode=mode)
    stage.run([event for event in arpeggio if event.time < 45.9], until=45.9)
    assert stage.sentences == []
    stage.run([event for event in arpeggio if 45.9 <= event.time < 46.2], until=46.2)
    assert len(stage.sentences) == 1
    assert "no pause of 0.6 s for 45 s" in stage.sentences[0]
    stage.run([event for event in arpeggio if event.time >= 46.2], until=100.0)
    assert len(stage.sentences) == 1


def test_one_who_plays_nothing_is_given_no_hint(kit: Kit) -> None:
    stage = kit.stage().run([kit.pedal(100.0, down=True), Control(200.0, 0, 1, 64)], until=300.0)
    assert stage.sentences == []
    assert stage.reports == []
