from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages import NoteOn, note_off, note_on, parse
from antiphon.music.note import Note
from antiphon.stage.schedule import LATEST_ONSET, SHORTEST_SOUND, NoteSchedule

Sent = tuple[float, bytes]


def run(schedule: NoteSchedule, wakes: list[float]) -> list[Sent]:
    """Return what the schedule sends when it is asked at these times."""
    return [(now, message) for now in wakes for message in schedule.due(now)]


def run_by_deadlines(schedule: NoteSchedule, lateness: float = 0.0) -> list[Sent]:
    """Return what it sends to whoever wakes at its deadlines, a little late."""
    sent: list[Sent] = []
    while (deadline := schedule.next_deadline()) is not None:
        now = deadline + lateness
        sent += [(now, message) for message in schedule.due(now)]
    return sent


def numbered(note: Note, identity: int) -> Note:
    """A note that its velocity tells from others."""
    return replace(note, velocity=identity + 1)


def check_pairs(
    sent: list[Sent], ends: dict[int, float], released: frozenset[float] = frozenset()
) -> None:
    """Check that each note-on is ended by its own note-off, before its pitch starts again.

    `ends` are the planned ends by identity, `released` the moments of releases.
    """
    sounding: dict[tuple[int, int], tuple[int, float]] = {}
    for index, (now, data) in enumerate(sent):
        event = parse(data, now)
        assert event is not None
        key = (event.channel, event.pitch)  # type: ignore[union-attr]
        if isinstance(event, NoteOn):
            assert key not in sounding, "the same pitch started twice"
            sounding[key] = (event.velocity - 1, now)
        else:
            assert key in sounding, "a note-off of nothing"
            begun, started = sounding.pop(key)
            struck_again = (now, data[0] | 0x10, data[1]) in [
                (when, other[0], other[1]) for when, other in sent[index + 1 : index + 2]
            ]
            own = now >= ends[begun] or struck_again or now in released
            assert own, "an old note-off ended a new note"
            assert now - started >= SHORTEST_SOUND * 0.999
    assert not sounding, "a note was left hanging"


times = st.floats(0.0, 2.0, allow_nan=False)
notes = st.builds(
    Note,
    pitch=st.integers(60, 63),
    onset=times,
    duration=st.one_of(st.floats(0.0, 0.005), st.floats(0.0, 1.0)),
    velocity=st.integers(1, 127),
)
plans = st.lists(st.tuples(notes, st.integers(0, 1)), max_size=25)


def planned_ends(plan: list[tuple[Note, int]]) -> dict[int, float]:
    return {identity: note.end or 0.0 for identity, (note, _) in enumerate(plan)}


@given(plans, st.floats(0.0, 0.002))
def test_every_note_is_played_and_ended(plan: list[tuple[Note, int]], lateness: float) -> None:
    schedule = NoteSchedule()
    for identity, (note, channel) in enumerate(plan):
        schedule.play(identity, numbered(note, identity), channel)
    sent = run_by_deadlines(schedule, lateness)
    check_pairs(sent, planned_ends(plan))
    started = {data[2] - 1 for _, data in sent if data[0] & 0xF0 == 0x90}
    assert started == set(range(len(plan)))


@given(plans, st.lists(times, max_size=30).map(sorted))
def test_whatever_the_wakes_what_started_ends(
    plan: list[tuple[Note, int]], wakes: list[float]
) -> None:
    schedule = NoteSchedule()
    for identity, (note, channel) in enumerate(plan):
        schedule.play(identity, numbered(note, identity), channel)
    sent = run(schedule, wakes)
    end = wakes[-1] if wakes else 0.0
    sent += [(end + 1.0, message) for message in schedule.release()]
    check_pairs(sent, planned_ends(plan), frozenset([end + 1.0]))
    assert schedule.next_deadline() is None
    assert schedule.due(100.0) == []


@dataclass
class Step:
    """Something that happens to a schedule after `wait` seconds."""

    wait: float
    note: Note | None  # its onset counts from the step; None is a silence


steps = st.lists(
    st.builds(Step, wait=st.floats(0.0, 0.2), note=st.one_of(notes, st.none())), max_size=40
)


@given(steps)
def test_plans_replaced_at_any_time_leave_nothing_hanging(moves: list[Step]) -> None:
    schedule = NoteSchedule()
    sent: list[Sent] = []
    ends: dict[int, float] = {}
    released = set()
    now = 0.0
    for identity, step in enumerate(moves):
        now += step.wait
        sent += [(now, message) for message in schedule.due(now)]
        if step.note is None:
            now += SHORTEST_SOUND
            released.add(now)
            sent += [(now, message) for message in schedule.release()]
        else:
            note = Note(step.note.pitch, now + step.note.onset, step.note.duration, 64)
            ends[identity] = note.end or 0.0
            schedule.play(identity, numbered(note, identity))
    check_pairs(sent + run_by_deadlines(schedule), ends, frozenset(released))


def test_an_old_note_off_does_not_end_a_new_note() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, 1.0, 80))
    schedule.play(1, Note(60, 0.5, 1.0, 90))  # the same identity even
    assert run_by_deadlines(schedule) == [
        (0.0, note_on(0, 60, 80)),
        (0.5, note_off(0, 60)),
        (0.5, note_on(0, 60, 90)),
        (1.5, note_off(0, 60)),
    ]


@pytest.mark.parametrize("duration", [0.0, 0.0005, 0.005])
def test_a_shortest_note_sounds_and_ends_even_when_both_are_due(duration: float) -> None:
    schedule = NoteSchedule()
    schedule.play(7, Note(60, 1.0, duration, 80))
    assert schedule.due(1.05) == [note_on(0, 60, 80)]
    assert schedule.next_deadline() == pytest.approx(1.05 + SHORTEST_SOUND)
    assert schedule.due(1.05 + SHORTEST_SOUND) == [note_off(0, 60)]
    assert schedule.next_deadline() is None


def test_a_note_far_too_late_never_happened() -> None:
    schedule = NoteSchedule()
    schedule.play(7, Note(60, 1.0, 5.0, 80))
    assert schedule.due(1.0 + LATEST_ONSET + 0.001) == []
    assert schedule.next_deadline() is None


def test_silence_drops_what_is_pending_and_ends_what_sounds() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, 1.0, 80), channel=2)
    schedule.play(2, Note(64, 0.5, 1.0, 80), channel=2)
    schedule.due(0.0)
    assert schedule.release() == [note_off(2, 60)]
    assert schedule.release() == []
    assert schedule.due(9.0) == []


def test_a_note_without_a_duration_sounds_until_it_is_ended() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, None, 80))
    schedule.play(2, Note(64, 0.0, None, 80))
    assert len(schedule.due(0.0)) == 2
    assert schedule.next_deadline() is None
    schedule.end(1, 3.0)
    schedule.end(9, 3.0)  # no note of that identity
    assert schedule.due(2.999) == []
    assert schedule.due(3.0) == [note_off(0, 60)]
    assert schedule.release() == [note_off(0, 64)]


def test_a_note_that_ends_before_it_begins_sounds_for_a_moment() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 1.0, None, 80))
    schedule.end(1, 0.5)
    assert run_by_deadlines(schedule) == [
        (1.0, note_on(0, 60, 80)),
        (1.0 + SHORTEST_SOUND, note_off(0, 60)),
    ]


def test_an_end_belongs_to_one_note_though_its_pitch_was_struck_again() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, None, 80))
    schedule.play(2, Note(60, 1.0, None, 90))
    assert len(run(schedule, [0.0, 1.0])) == 3
    schedule.end(1, 2.0)
    assert schedule.due(5.0) == []
    schedule.end(2, 6.0)
    assert schedule.due(6.0) == [note_off(0, 60)]


def test_a_plan_is_cancelled_without_touching_what_sounds() -> None:
    schedule = NoteSchedule()
    for identity, onset in enumerate([0.0, 1.0, 1.5, 2.0]):
        schedule.play(identity, Note(60 + identity, onset, 10.0, 80))
    schedule.play(9, Note(72, 3.0, None, 80))
    assert len(run(schedule, [0.0, 1.0])) == 2
    schedule.cancel(1.5)
    sent = run_by_deadlines(schedule)
    assert [data for _, data in sent] == [
        note_on(0, 62, 80),
        note_off(0, 60),
        note_off(0, 61),
        note_off(0, 62),
    ]


def test_a_channel_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="channel"):
        NoteSchedule().play(1, Note(60, 0.0, 1.0, 80), channel=16)


def test_a_note_as_late_as_may_be_is_played() -> None:
    schedule = NoteSchedule()
    schedule.play(7, Note(60, 1.0, 5.0, 80))
    assert schedule.due(1.0 + LATEST_ONSET - 0.001) == [note_on(0, 60, 80)]
    assert LATEST_ONSET < 0.2  # a later note would be out of time
    assert SHORTEST_SOUND < 0.005


def test_a_repetition_waits_until_the_note_before_was_heard() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 1.0, 1.0, 80))
    schedule.play(2, Note(60, 1.0, 1.0, 90))
    assert schedule.due(1.0) == [note_on(0, 60, 80)]
    assert schedule.next_deadline() == pytest.approx(1.0 + SHORTEST_SOUND)
    assert schedule.due(1.0 + SHORTEST_SOUND) == [note_off(0, 60), note_on(0, 60, 90)]
    assert schedule.next_deadline() == pytest.approx(2.0)


def test_what_was_dropped_or_taken_back_is_not_ended_later() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 1.0, None, 80))
    assert schedule.due(5.0) == []  # too late
    schedule.play(2, Note(60, 6.0, None, 80))
    schedule.cancel(5.5)
    schedule.play(1, Note(60, 7.0, None, 80))
    assert schedule.due(7.0) == [note_on(0, 60, 80)]
    schedule.end(2, 7.5)
    assert schedule.due(8.0) == []
    schedule.end(1, 8.5)
    assert schedule.due(8.5) == [note_off(0, 60)]


def test_the_same_pitch_sounds_on_each_channel_by_itself() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, 2.0, 80), channel=0)
    schedule.play(2, Note(60, 1.0, 2.0, 80), channel=15)
    assert run_by_deadlines(schedule) == [
        (0.0, note_on(0, 60, 80)),
        (1.0, note_on(15, 60, 80)),
        (2.0, note_off(0, 60)),
        (3.0, note_off(15, 60)),
    ]


@pytest.mark.parametrize("onset", [0.5, 1.0])
def test_an_open_note_that_no_cancel_took_back_can_still_be_ended(onset: float) -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, onset, None, 80))
    schedule.play(2, Note(64, 1.25, None, 80))
    schedule.cancel(1.0)
    assert schedule.due(onset) == [note_on(0, 60, 80)]
    schedule.end(1, 1.5)
    assert schedule.due(2.0) == [note_off(0, 60)]
    assert schedule.release() == []
