"""A performance with room for an answer is still the same performance."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antiphon.music.turns import RINGS_ON, SILENCE, leave_room

Message = tuple[float, bytes]
ROOM = 5.0
GRID = 1 / 64  # exact in binary: sums of times compare exactly
CLOSE = 1e-9


def on(time: float, pitch: int, channel: int = 0) -> Message:
    return time, bytes((0x90 | channel, pitch, 80))


def off(time: float, pitch: int, channel: int = 0) -> Message:
    return time, bytes((0x80 | channel, pitch, 64))


def pedal(time: float, value: int, channel: int = 0) -> Message:
    return time, bytes((0xB0 | channel, 64, value))


def note(time: float, pitch: int, length: float) -> list[Message]:
    return [on(time, pitch), off(time + length, pitch)]


def in_order(messages: list[Message]) -> list[Message]:
    return sorted(messages, key=lambda message: message[0])


def room(_: float) -> float:
    return ROOM


def onsets(messages: list[Message]) -> list[float]:
    return [time for time, data in messages if data[0] & 0xF0 == 0x90 and data[2]]


def phrases(messages: list[Message]) -> list[list[float]]:
    """Group onsets at gaps that only the room can make."""
    groups: list[list[float]] = []
    for onset in onsets(messages):
        if groups and onset - groups[-1][-1] < ROOM:
            groups[-1].append(onset)
        else:
            groups.append([onset])
    return groups


def line(gaps: list[float], length: float = 0.2) -> list[Message]:
    messages: list[Message] = []
    time = 0.0
    for step, gap in enumerate([*gaps, 0.0]):
        messages += note(time, 60 + step % 12, length)
        time += gap
    return in_order(messages)


def test_a_short_performance_stays_as_it_is() -> None:
    messages = line([0.5] * 10)
    assert leave_room(messages, room=room) == messages
    assert leave_room([], room=room) == []


def test_a_phrase_ends_at_its_longest_gap() -> None:
    parted = leave_room(line([0.5] * 11 + [1.2] + [0.5] * 16), room=room)
    assert [len(phrase) for phrase in phrases(parted)] == [12, 17]


def test_a_held_key_speaks_against_a_break() -> None:
    gaps = [0.5] * 9 + [0.8, 0.5, 0.5, 0.8] + [0.5] * 15
    messages = in_order([*line(gaps), on(4.0, 36), off(5.7, 36)])
    assert [len(phrase) for phrase in phrases(leave_room(messages, room=room))] == [14, 16]


def test_the_last_note_is_long() -> None:
    messages = [m for step in range(30) for m in note(step * 0.5, 60, 0.45 if step == 12 else 0.2)]
    assert len(phrases(leave_room(messages, room=room))[0]) == 13


def test_silence_is_a_break_wherever_it_lies() -> None:
    messages = in_order([*note(0.0, 60, 0.5), *note(2.5, 62, 0.5), *note(9.5, 64, 0.5)])
    assert onsets(leave_room(messages, room=lambda _: 1.0)) == [0.0, 2.5, 9.5]
    assert onsets(leave_room(messages, room=room)) == [0.0, 5.5, 12.5]


def test_music_that_holds_still_goes_on_with_a_new_phrase() -> None:
    messages = in_order([*note(0.0, 60, 12.0), *note(12.0, 62, 1.0)])
    assert onsets(leave_room(messages, room=room)) == [0.0, 17.0]


def test_the_room_depends_on_how_long_the_phrase_sounded() -> None:
    asked: list[float] = []

    def ask(phrase: float) -> float:
        asked.append(phrase)
        return phrase

    parted = leave_room(line([0.5] * 9 + [1.5] + [0.5] * 15), room=ask)
    assert asked == [pytest.approx(4.7)]
    assert phrases(parted)[0] == onsets(parted)[:26]
    assert onsets(parted)[10] == pytest.approx(2 * 4.7)


def test_a_note_held_over_the_break_rings_on_for_a_second() -> None:
    messages = in_order([*line([0.5] * 9 + [1.5] + [0.5] * 15), on(4.5, 30), off(11.0, 30)])
    parted = leave_room(messages, room=room)
    assert off(6.0 + RINGS_ON, 30) in parted
    assert onsets(parted)[11] == 6.0 + RINGS_ON + ROOM


def test_the_pedal_is_lifted_at_the_break_and_comes_back() -> None:
    messages = [pedal(0.0, 100), *line([0.5] * 9 + [1.5] + [0.5] * 15)]
    parted = leave_room(messages, room=room)
    moves = [message for message in parted if message[1][0] == 0xB0]
    lifted = 4.7 + RINGS_ON
    assert [data[2] for _, data in moves] == [100, 0, 100]
    assert [time for time, _ in moves] == pytest.approx([0.0, lifted, lifted + ROOM])
    # It is down again before the first key.
    assert parted.index(moves[2]) + 1 == next(
        place for place, (time, data) in enumerate(parted) if time > 9.0 and data[0] == 0x90
    )


def test_a_pedal_that_is_up_stays_up() -> None:
    messages = [pedal(0.0, 100), pedal(0.2, 0), *line([0.5] * 9 + [1.5] + [0.5] * 15)]
    moves = [data[2] for _, data in leave_room(in_order(messages), room=room) if data[0] == 0xB0]
    assert moves == [100, 0]


def test_hanging_and_restruck_keys_are_ended() -> None:
    parted = leave_room([on(0.0, 60), on(0.5, 60), on(1.0, 62), off(2.0, 60)], room=room)
    assert parted == [
        on(0.0, 60),
        off(0.5, 60),
        on(0.5, 60),
        on(1.0, 62),
        off(2.0, 60),
        off(2.0, 62),
    ]


def test_a_phrase_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="phrase"):
        leave_room([], shortest=9.0, longest=4.0, room=room)


@st.composite
def performances(draw: st.DrawFn) -> list[Message]:
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 160), st.integers(60, 64), st.integers(0, 400), st.integers(0, 1)
            ),
            max_size=60,
        )
    )
    messages: list[Message] = []
    tick = 0
    for step, pitch, length, channel in rows:
        tick += step
        messages.append(on(tick * GRID, pitch, channel))
        messages.append(off((tick + length) * GRID, pitch, channel))
    moves = draw(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 127)), max_size=20))
    messages += [pedal(time * GRID, value) for time, value in moves]
    return in_order(messages)


@given(performances(), st.integers(0, 10))
def test_every_note_on_has_its_note_off(messages: list[Message], silence: int) -> None:
    parted = leave_room(messages, room=lambda _: float(silence))
    sounding: set[tuple[int, int]] = set()
    for _, data in parted:
        key = data[0] & 0x0F, data[1]
        if data[0] & 0xF0 == 0x90:
            assert key not in sounding
            sounding.add(key)
        elif data[0] & 0xF0 == 0x80:
            sounding.remove(key)
    assert not sounding


@given(performances())
def test_order_and_note_ons_stay(messages: list[Message]) -> None:
    parted = leave_room(messages, room=room)
    assert [data for _, data in parted if data[0] & 0xF0 == 0x90] == [
        data for _, data in messages if data[0] & 0xF0 == 0x90
    ]
    assert all(a[0] <= b[0] + CLOSE for a, b in pairwise(parted))


@given(performances())
def test_inner_intervals_stay(messages: list[Message]) -> None:
    before, after = onsets(messages), onsets(leave_room(messages, room=room))
    later = [b - a for a, b in zip(before, after, strict=True)]
    assert all(x <= y + CLOSE for x, y in pairwise(later))
    begin = 0
    for place in range(1, len(before)):
        if later[place] > later[place - 1] + CLOSE:
            begin = place
        # No phrase is longer than asked for, but where nothing begins in between.
        elif before[place] - before[begin] > 9.0 + 0.5:
            assert before[place] - before[place - 1] >= SILENCE


@given(performances())
def test_notes_keep_their_lengths_but_for_a_second_into_the_room(messages: list[Message]) -> None:
    def notes(stream: list[Message]) -> list[tuple[float, float]]:
        ends: dict[tuple[int, int], list[int]] = defaultdict(list)
        found: list[tuple[float, float]] = []
        for time, data in stream:
            key = data[0] & 0x0F, data[1]
            if data[0] & 0xF0 in (0x80, 0x90) and ends[key]:
                place = ends[key].pop()
                found[place] = (found[place][0], time)
            if data[0] & 0xF0 == 0x90:
                ends[key].append(len(found))
                found.append((time, time))
        return found

    before, after = notes(messages), notes(leave_room(messages, room=room))
    for (begin, end), (new_begin, new_end) in zip(before, after, strict=True):
        assert new_end - new_begin <= end - begin + CLOSE
        if new_end - new_begin < end - begin - CLOSE:
            break_after = [a for a, _ in before if a > begin]
            assert new_end - new_begin >= min(break_after) - begin + RINGS_ON - CLOSE


@example(
    [
        (0.0, b"\x90\x3c\x50"),
        (0.0, b"\x80\x3c\x40"),
        (0.0, b"\xb0\x40\x40"),
        (0.015625, b"\xb0\x40\x00"),
        (2.0, b"\x90\x3c\x50"),
        (2.0, b"\x80\x3c\x40"),
    ]
)
@given(performances())
def test_the_pedal_is_up_in_every_room_and_as_before_in_every_phrase(
    messages: list[Message],
) -> None:
    def states(stream: list[Message]) -> list[bool]:
        down, seen = False, []
        for _, data in stream:
            if data[:2] == b"\xb0\x40":
                down = data[2] >= 64
            elif data[0] & 0xF0 == 0x90:
                seen.append(down)
        return seen

    parted = leave_room(messages, room=room)
    assert states(parted) == states(messages)
    for before, after in pairwise(onsets(parted)):
        if after - before >= ROOM:
            moves = [(t, data[2]) for t, data in parted if data[:2] == b"\xb0\x40" and t < after]
            begin = after - ROOM + CLOSE
            # Lifted once more, a pedal that is up stays up.
            assert all(value < 64 for time, value in moves if time > begin)
            assert [value for time, value in moves if time <= begin][-1:] < [64]
