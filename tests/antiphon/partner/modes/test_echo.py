from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from antiphon.messages import NoteOff, NoteOn
from antiphon.partner import Change

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Kit, Stage


def heard(stage: Stage) -> list[tuple[int, float, float, int]]:
    return [
        (s.note.pitch, s.note.onset, s.end - s.note.onset, s.note.velocity)
        for s in stage.heard
        if s.end is not None
    ]


def played(phrase: list[Any], later: float) -> list[tuple[int, float, float, int]]:
    ends = {(event.pitch, index): event.time for index, event in enumerate(phrase)}
    notes = []
    for index, event in enumerate(phrase):
        if isinstance(event, NoteOn):
            end = next(
                time for (pitch, at), time in ends.items() if pitch == event.pitch and at > index
            )
            notes.append((event.pitch, event.time + later, end - event.time, event.velocity))
    return notes


@pytest.mark.parametrize("count", [1, 8, 300])
def test_the_phrase_comes_back_as_it_was_once(kit: Kit, count: int) -> None:
    phrase = kit.phrase(gap=0.13, pitches=[60 + k % 12 for k in range(count)], legato=0.7)
    stage = kit.stage(mode="echo").run(phrase, until=phrase[-1].time + 120.0)
    later = stage.onsets[0] - phrase[0].time
    assert phrase[-1].time + 0.6 <= stage.onsets[0] <= phrase[-1].time + 0.63
    assert len(stage.heard) == count
    for one, other in zip(heard(stage), played(phrase, later), strict=True):
        assert one == pytest.approx(other, abs=1e-6)
    assert stage.silences == []
    assert not stage.answering


def test_it_needs_no_instrument_that_can_play(kit: Kit) -> None:
    imitator = kit.imitator()
    stage = kit.stage(mode="echo", predictor=imitator).run(kit.phrase(), until=20.0)
    assert len(stage.heard) == 8
    assert imitator.calls == imitator.reads == 0


def test_chords_and_what_is_still_held_come_back(kit: Kit) -> None:
    events = [NoteOn(1.0, 0, p, 70) for p in (48, 55, 64)] + [NoteOff(1.5, 0, 55)]
    stage = kit.stage(mode="echo").run(events, until=4.05)
    assert sorted(s.note.pitch for s in stage.heard) == [48, 55, 64]
    durations = {s.note.pitch: s.note.duration for s in stage.heard}
    assert durations[55] == pytest.approx(0.5)
    assert durations[48] == durations[64] == pytest.approx(4.0 - 1.0)  # 1.5 and `held_pause`


def test_a_key_ends_the_echo_at_once(kit: Kit) -> None:
    phrase = kit.phrase()
    stage = kit.stage(mode="echo").run(phrase, until=phrase[-1].time + 1.0)
    assert stage.answering
    assert stage.pending
    stage.run([NoteOn(stage.now, 0, 72, 80)], until=stage.now)
    assert not stage.answering
    assert stage.pending == stage.sounding == []
    stage.run([NoteOff(stage.now + 0.2, 0, 72)], until=stage.now + 3.0)
    assert [s.note.pitch for s in stage.heard][-1] == 72


def test_it_can_be_transposed_within_midi(kit: Kit) -> None:
    phrase = kit.phrase(pitches=[60, 120])
    stage = kit.stage(mode="echo").run(phrase, until=1.5)
    stage.run([Change(1.5, "echo.transpose", "12")], until=20.0)
    assert [s.note.pitch for s in stage.heard] == [72, 120]


def test_a_phrase_is_echoed_once_and_the_next_by_itself(kit: Kit) -> None:
    stage = kit.stage(mode="echo").run(kit.phrase(), until=12.0)
    assert len(stage.heard) == 8
    stage.run(kit.phrase(start=12.0, pitches=[70, 71]), until=30.0)
    assert [s.note.pitch for s in stage.heard[8:]] == [70, 71]


@pytest.mark.parametrize(("lag", "begins"), [(0.0, 0.02), (0.005, 0.02), (0.3, 0.31)])
def test_it_begins_on_time_or_as_soon_as_it_can(kit: Kit, lag: float, begins: float) -> None:
    """The first note leaves room to be sent: 0.02 s after the pause, 0.01 s after now."""
    phrase = kit.phrase()
    stage = kit.stage(mode="echo", lag=lag).run(phrase, until=20.0)
    assert len(stage.heard) == 8
    assert stage.onsets[0] == pytest.approx(phrase[-1].time + 0.6 + begins)


def test_a_pedal_ends_what_is_reported_of_it_at_once(kit: Kit) -> None:
    phrase = kit.phrase()
    stage = kit.stage(mode="echo").run(phrase, until=phrase[-1].time + 1.2)
    assert stage.answering
    stage.run([kit.pedal(stage.now, down=True)], until=stage.now)
    assert not stage.answering
