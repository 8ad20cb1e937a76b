from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.messages import NoteOn, note_off, note_on, parse
from antiphon.midi.note_schedule import LATEST_ONSET, SHORTEST_SOUND, NoteSchedule
from antiphon.music.note import Note

Sent = tuple[float, int, bytes]


def run(schedule: NoteSchedule, wakes: list[float]) -> list[Sent]:
    """Return what the schedule sends when it is asked at these times."""
    return [(now, *message) for now in wakes for message in schedule.due(now)]


def run_by_deadlines(schedule: NoteSchedule, lateness: float = 0.0) -> list[Sent]:
    """Return what it sends to whoever wakes at its deadlines, a little late."""
    sent: list[Sent] = []
    while (deadline := schedule.next_deadline()) is not None:
        now = deadline + lateness
        sent += [(now, *message) for message in schedule.due(now)]
    return sent


def check_pairs(sent: list[Sent]) -> None:
    """Check that each note-on is ended by its own note-off, before its pitch starts anew."""
    sounding: dict[tuple[int, int], tuple[int, float]] = {}
    for now, identity, data in sent:
        event = parse(data, now)
        assert event is not None
        key = (event.channel, event.pitch)  # type: ignore[union-attr]
        if isinstance(event, NoteOn):
            assert key not in sounding, "the same pitch started twice"
            sounding[key] = (identity, now)
        else:
            assert key in sounding, "a note-off of nothing"
            begun, started = sounding.pop(key)
            assert begun == identity, "an old note-off ended a new note"
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


@given(plans, st.floats(0.0, 0.002))
def test_every_note_is_played_and_ended(plan: list[tuple[Note, int]], lateness: float) -> None:
    schedule = NoteSchedule()
    for identity, (note, channel) in enumerate(plan):
        schedule.play(identity, note, channel)
    sent = run_by_deadlines(schedule, lateness)
    check_pairs(sent)
    started = {identity for _, identity, data in sent if data[0] & 0xF0 == 0x90}
    assert started == set(range(len(plan)))


@given(plans, st.lists(times, max_size=30).map(sorted))
def test_whatever_the_wakes_what_started_ends(
    plan: list[tuple[Note, int]], wakes: list[float]
) -> None:
    schedule = NoteSchedule()
    for identity, (note, channel) in enumerate(plan):
        schedule.play(identity, note, channel)
    sent = run(schedule, wakes)
    end = wakes[-1] if wakes else 0.0
    sent += [(end + 1.0, *message) for message in schedule.release()]
    check_pairs(sent)
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
    now = 0.0
    for identity, step in enumerate(moves):
        now += step.wait
        sent += [(now, *message) for message in schedule.due(now)]
        if step.note is None:
            # The identity of a silence's note-offs is not in the contract; `release` tells it.
            sent += [(now + SHORTEST_SOUND, *message) for message in schedule.release()]
            now += SHORTEST_SOUND
        else:
            note = step.note
            schedule.play(identity, Note(note.pitch, now + note.onset, note.duration, 64))
    check_pairs(sent + run_by_deadlines(schedule))


def test_an_old_note_off_does_not_end_a_new_note() -> None:
    schedule = NoteSchedule()
    schedule.play(1, Note(60, 0.0, 1.0, 80))
    schedule.play(1, Note(60, 0.5, 1.0, 90))  # the same identity even
    assert run_by_deadlines(schedule) == [
        (0.0, 1, note_on(0, 60, 80)),
        (0.5, 1, note_off(0, 60)),
        (0.5, 1, note_on(0, 60, 90)),
        (1.5, 1, note_off(0, 60)),
    ]


@pytest.mark.parametrize("duration", [0.0, 0.0005, 0.005])
def test_a_shortest_note_sounds_and_ends_even_when_both_are_due(duration: float) -> None:
    schedule = NoteSchedule()
    schedule.play(7, Note(60, 1.0, duration, 80))
    assert schedule.due(1.05) == [(7, note_on(0, 60, 80))]
    assert schedule.next_deadline() == pytest.approx(1.05 + SHORTEST_SOUND)
    assert schedule.due(1.05 + SHORTEST_SOUND) == [(7, note_off(0, 60))]
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
    assert schedule.silence(0.1) == [note_off(2, 60)]
    assert schedule.silence(0.1) == []
    assert schedule.due(9.0) == []


def test_a_note_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="must have a duration"):
        NoteSchedule().play(1, Note(60, 0.0, None, 80))
    with pytest.raises(ValueError, match="channel"):
        NoteSchedule().play(1, Note(60, 0.0, 1.0, 80), channel=16)
