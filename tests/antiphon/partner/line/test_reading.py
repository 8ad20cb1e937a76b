"""What the instrument has read stays read, and is the same as if it were read at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from tests.antiphon.partner.memory.test_remembering import Rememberer

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.music.note import Note
from antiphon.partner import PartnerSettings
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.reading import TAIL, Reading, place_after
from antiphon.partner.listening.window import Window

if TYPE_CHECKING:
    from tests.antiphon.partner.conftest import Imitator, Kit

SIZE = 16


def a_reading(kit: Kit, size: int = SIZE, seconds: float = 1000.0) -> tuple[Imitator, Any, Any]:
    """An instrument that remembers all it reads, a window, and what reads it."""
    codec = kit.codec()
    predictor = kit.imitator(memory=10_000, codec=codec)
    improviser = improviser_for(predictor, codec, PartnerSettings())
    window = Window(size, seconds)
    return predictor, window, Reading(improviser, window)


def play(window: Any, reading: Any, times: Any) -> None:
    """Play notes that end before the next begins; let the instrument read along."""
    for time in times:
        window.release(window.press(60 + round(time) % 12, float(time), 80), time + 0.5)
        reading.follow(time + 0.6)
        reading.read(1000)


def test_a_note_costs_one_call_however_much_was_read_before(kit: Kit) -> None:
    predictor, window, reading = a_reading(kit)
    play(window, reading, range(10))
    before = predictor.reads
    for time in range(10, 15):
        play(window, reading, [time])
    assert predictor.reads - before == 5


@pytest.mark.parametrize("count", [1, 2, SIZE, SIZE + 1, 2 * SIZE, 2 * SIZE + 1, 100])
def test_the_state_is_that_of_reading_all_at_once(kit: Kit, count: int) -> None:
    _, window, reading = a_reading(kit)
    play(window, reading, range(count))
    now = count - 1 + 0.9
    reading.aim(now, Cue())
    reading.read(1000)
    assert reading.ready
    assert not reading.stale
    place = reading.place
    held = [*place.state, tuple(place.row)]
    for onset in range(count):
        seed = window.since(float(onset), now)
        _, whole = place_after(improviser_for(*parts(kit)), seed, Cue())
        if len(whole.state) == len(place.state):
            assert held == [*whole.state, tuple(whole.row)]
            assert place.onset == whole.onset == count - 1
            break
    else:
        pytest.fail("no beginning in the window explains what was read")
    assert min(count, SIZE) <= len(held) - 1 <= 2 * SIZE


def parts(kit: Kit) -> tuple[Any, Any, Any]:
    codec = kit.codec()
    return kit.imitator(memory=10_000, codec=codec), codec, PartnerSettings()


def test_it_has_read_between_one_window_and_two_and_never_in_a_rush(kit: Kit) -> None:
    predictor, window, reading = a_reading(kit)
    play(window, reading, range(SIZE))
    for time in range(SIZE, 20 * SIZE):
        before = predictor.reads
        play(window, reading, [time])
        assert predictor.reads - before <= 4
        reading.aim(time + 0.7, Cue())
        reading.read(3)
        assert reading.ready
        assert SIZE - 1 <= len(reading.place.state) <= 2 * SIZE


def test_what_is_older_than_two_windows_of_time_is_read_no_more(kit: Kit) -> None:
    _, window, reading = a_reading(kit, seconds=5.0)
    play(window, reading, range(3))
    play(window, reading, [20.0, 21.0])
    reading.aim(21.9, Cue())
    reading.read(1000)
    assert len(reading.place.state) == 2  # the row that begins a piece, and one note


def test_nothing_played_is_the_beginning_of_a_piece(kit: Kit) -> None:
    _, _, reading = a_reading(kit)
    reading.aim(1.0, Cue())
    assert reading.ready
    assert reading.place.state == ()
    assert reading.place.row.tolist() == list(kit.codec().start)
    assert reading.place.onset == -math.inf


def test_a_drone_does_not_have_everything_read_again(kit: Kit) -> None:
    predictor, window, reading = a_reading(kit, size=64)
    drone = window.press(40, -1.0, 80)
    play(window, reading, range(TAIL + 2))
    for time in range(TAIL + 2, 30):
        before = predictor.reads
        play(window, reading, [time])
        assert predictor.reads - before <= 1
    before = predictor.reads
    window.release(drone, 30.0)  # it was read as held, once and for all
    reading.follow(30.1)
    reading.read(1000)
    assert predictor.reads - before <= 1
    assert len(reading.place.state) == 30 + 1


@pytest.mark.parametrize(("after", "read"), [(TAIL - 1, 1), (TAIL, 2 + TAIL - 1)])
def test_a_held_note_is_waited_for_until_enough_came_after_it(
    kit: Kit, after: int, read: int
) -> None:
    predictor, window, reading = a_reading(kit, size=64)
    window.press(40, -1.0, 80)
    play(window, reading, range(after))
    assert reading.ready
    # The row before a piece is read, and all that counts as over.
    assert predictor.reads == (1 if after < TAIL else 1 + read)


def test_what_is_held_is_read_when_a_line_is_to_begin(kit: Kit) -> None:
    predictor, window, reading = a_reading(kit)
    struck = window.press(60, 1.0, 80)
    window.press(64, 2.0, 80)
    reading.follow(2.1)
    reading.read(100)
    assert predictor.reads == 1  # the row before the piece
    reading.aim(2.5, Cue())
    assert not reading.ready
    assert reading.behind
    assert reading.read(10) == 9
    assert reading.ready
    assert not reading.behind
    held = reading.place.state
    window.release(struck, 3.0)
    assert reading.stale
    reading.aim(3.5, Cue())
    assert reading.read(10) == 9  # the row before the piece stays, the note is read anew
    assert reading.place.state[0] == held[0]
    assert reading.place.state[1] != held[1]
    assert reading.place.onset == 2.0


def test_the_phrase_tells_the_tempo_and_loudness(kit: Kit) -> None:
    codec = kit.codec("triplet")
    improviser = improviser_for(kit.imitator(codec=codec), codec, PartnerSettings())
    window = Window()
    for time, velocity in ((1.0, 20), (2.0, 20), (5.0, 100), (6.0, 100)):
        window.release(window.press(60, time, velocity), time + 0.5)
    notes = window.snapshot(9.0)
    for since, loud in ((5.0, 100), (-math.inf, 60)):
        tuned, _ = place_after(improviser, notes, Cue(since))
        row = np.array(tuned.codec.encode(notes)[-1])
        note = tuned.codec.decode_one(row, np.full(len(row), 0.5), 0.0)  # type: ignore[attr-defined]
        assert note.velocity == pytest.approx(loud, abs=1)


def test_a_drone_survives_that_a_note_after_it_is_taken_back(kit: Kit) -> None:
    """A key may have gone down just before a note of the partner's that was read already."""
    _, window, reading = a_reading(kit, size=64)
    window.press(40, -1.0, 80)
    play(window, reading, range(TAIL - 1))
    window.plan(Note(72, 7.0, 0.5, 80), 6.9)
    for now in (7.1, 7.2):  # by the second time the drone counts as read
        reading.follow(now)
        reading.aim(now, Cue())
        reading.read(100)
    window.retract(6.99)
    reading.follow(7.3)
    reading.read(100)
    reading.aim(7.3, Cue())
    reading.read(100)
    assert reading.ready
    assert len(reading.place.state) == TAIL  # the row before the piece, and all but the last
    assert reading.place.onset == TAIL - 2


@pytest.mark.parametrize("size", [4, 40])
def test_a_window_of_another_length_is_read_anew(kit: Kit, size: int) -> None:
    _, window, reading = a_reading(kit)
    play(window, reading, range(2 * SIZE))
    window.resize(SIZE, 1000.0)
    assert not reading.stale
    window.resize(size, 1000.0)
    assert reading.stale
    now = 2 * SIZE - 0.4
    reading.follow(now)
    reading.read(1000)
    reading.aim(now, Cue())
    assert reading.ready
    read = len(reading.place.state)  # all rows but the last, the start included
    assert read == min(size, 2 * SIZE)
    play(window, reading, range(2 * SIZE, 6 * SIZE))
    reading.aim(6 * SIZE - 0.4, Cue())
    assert size <= len(reading.place.state) <= 2 * size


class Kept:
    """What a memory is given: pitches, and whether they are the partner's."""

    def __init__(self) -> None:
        self.notes: list[tuple[int, bool]] = []

    def add(self, row: Any, key: Any, *, own: bool, joins: bool, begins: bool) -> None:
        del key, joins, begins
        self.notes.append((int(row[0]), own))

    def __len__(self) -> int:
        return len(self.notes)


def test_a_chord_is_read_from_the_bass_up_whatever_key_came_first(kit: Kit) -> None:
    codec = PerformanceCodec(chords="bass")
    predictor = Rememberer(kit.imitator(memory=10_000, codec=codec))
    window, kept = Window(SIZE, 1000.0), Kept()
    reading = Reading(
        improviser_for(predictor, codec, PartnerSettings()), window, cast("Any", kept)
    )
    struck = [(67, 1.0, False), (64, 1.001, True), (48, 1.003, False), (72, 2.0, False)]
    for pitch, onset, own in struck:
        if own:
            window.plan(Note(pitch, onset, 0.3, 80), 0.9)
        else:
            window.release(window.press(pitch, onset, 80), onset + 0.3)
    reading.follow(2.5)
    reading.read(1000)
    assert kept.notes == [(48, False), (64, True), (67, False), (72, False)]
    reading.aim(2.6, Cue())
    reading.read(1000)
    place = reading.place
    assert [row[0] for row in place.state] == [codec.start[0], 48, 64, 67]
    assert place.row[0] == 72
    assert place.onset == 2.0
