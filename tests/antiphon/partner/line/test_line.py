"""A line: how long, how dense, when it is drawn; its notes are written by the test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.instrument.ask import Ask
from antiphon.music.note import Note
from antiphon.partner import Moment, PartnerSettings
from antiphon.partner.line.drawing import Asked, Draft
from antiphon.partner.line.line import Line
from antiphon.partner.line.place import Bounds, Place
from antiphon.partner.line.taking import Taking

if TYPE_CHECKING:
    from collections.abc import Sequence


class Written:
    """Draws the notes that are written, and notes the bounds and what was recent."""

    def __init__(self, notes: Sequence[Note], settings: PartnerSettings) -> None:
        self.notes = list(notes)
        self.settings = settings
        self.bounds: list[Bounds] = []
        self.recent: list[list[int]] = []
        self.taking = Taking()

    def span(self, place: Place, begin: float, seconds: float) -> tuple[float, float]:
        del place
        return begin, begin + seconds

    @property
    def predictor(self) -> Written:
        return self

    def prepare(self, asked: Sequence[Asked]) -> list[Draft]:
        (one,) = asked
        self.bounds.append(one.bounds)
        self.recent.append([note.pitch for note in one.recent])
        moment = Moment(one.place.onset, one.bounds.earliest, one.bounds.latest)
        return [Draft(one.place, moment, Ask(one.place.state, one.place.row, ()))]

    def step(self, ask: Ask) -> Note:
        del ask
        return self.notes.pop(0)

    def mixed(self, draft: Draft, prediction: Note) -> Note:
        del draft
        return prediction

    def finish(
        self, draft: Draft, prediction: Note, recent: list[Note]
    ) -> tuple[list[Note], Place]:
        del recent
        return [prediction], Place(draft.place.state, draft.place.row, prediction.onset)


def a_line(
    notes: Sequence[Note], begin: float = 10.0, seconds: float = 9.0, **settings: Any
) -> tuple[Line, Written]:
    written = Written(notes, PartnerSettings(**settings))
    place = Place(None, np.zeros(4, np.int32), 5.0)
    return Line(written, place, begin, seconds, np.random.default_rng(0)), written  # type: ignore[arg-type]


def note(pitch: int, onset: float, duration: float = 0.1) -> Note:
    return Note(pitch, onset, duration, 80)


@pytest.mark.parametrize(("asked", "lasts"), [(0.1, 2.0), (5.0, 5.0), (99.0, 8.0)])
def test_it_lasts_as_long_as_asked_within_its_limits(asked: float, lasts: float) -> None:
    line, _ = a_line([], seconds=asked, shortest=2.0, longest=8.0)
    assert (line.begins, line.ends) == (10.0, 10.0 + lasts)


def test_a_note_after_the_end_finishes_it_and_is_not_played() -> None:
    line, _ = a_line([note(60, 10.0), note(61, 19.0), note(62, 19.001)])
    for _ in range(2):
        line.draw(9.0)
    assert not line.finished
    line.draw(9.0)
    assert line.finished
    assert [taken.pitch for taken in line.take()] == [60, 61]
    assert line.take() == []
    line.go_on(30.0, 9.0)
    assert not line.finished
    assert line.begins == 30.0


def test_the_first_note_begins_soon_and_never_in_the_past() -> None:
    line, written = a_line([note(60, 10.0)], lead=0.2, first_note_within=0.5)
    line.draw(9.0)
    first = written.bounds[0]
    assert (first.earliest, first.latest) == (10.0, 10.5)
    late, written = a_line([note(60, 12.0)], lead=0.2, first_note_within=0.5)
    late.draw(11.0)
    assert written.bounds[0].earliest == pytest.approx(11.1)  # half the lead ahead
    assert written.bounds[0].latest == pytest.approx(11.6)


def test_what_is_drawn_waits_to_be_taken() -> None:
    line, _ = a_line([note(60, 10.25)])
    assert line.first is None
    line.draw(9.0)
    assert line.first == 10.25
    line.take()
    assert line.first is None


def test_a_note_is_drawn_the_horizon_before_the_one_before_it_sounds() -> None:
    line, _ = a_line([note(60, 10.25)], horizon=0.15)
    assert line.next_draw == -np.inf
    line.draw(9.0)
    assert line.next_draw == pytest.approx(10.1)


@pytest.mark.parametrize(("seconds", "gap"), [(9.0, 2.0), (3.0, 1.0)])
def test_no_gap_is_longer_than_asked_nor_than_a_third_of_the_line(
    seconds: float, gap: float
) -> None:
    line, written = a_line([note(60, 10.0), note(61, 10.1)], seconds=seconds, longest_gap=2.0)
    line.draw(9.0)
    line.draw(9.0)
    assert [bounds.gap for bounds in written.bounds] == pytest.approx([gap, gap])
    assert written.bounds[1].latest == pytest.approx(10.0 + gap)
    assert written.bounds[1].earliest == 10.0
    assert written.bounds[1].end == 10.0 + seconds


def test_who_draws_late_plays_no_note_in_the_past() -> None:
    line, written = a_line([note(60, 10.0), note(61, 10.1)], lead=0.2, longest_gap=2.0)
    line.draw(9.0)
    line.draw(15.0)
    assert written.bounds[1].earliest == written.bounds[1].latest == pytest.approx(15.1)


def test_a_voice_must_be_free_but_no_longer_than_the_longest_gap() -> None:
    for lasting, free in ((1.0, 11.0), (7.0, 12.0)):
        notes = [note(60, 10.0, lasting), note(62, 10.0, 9.0), note(64, 10.1)]
        line, written = a_line(notes, voices=2, longest_gap=2.0)
        for _ in range(3):
            line.draw(9.0)
        assert written.bounds[1].earliest == 10.0
        assert written.bounds[2].earliest == free


def test_notes_count_for_as_long_as_they_sound_and_a_second_for_density() -> None:
    notes = [
        note(60, 10.0, 5.0),  # sounds still
        note(61, 10.2, 0.1),  # over, and more than a second ago
        note(62, 10.7, 0.6),  # over, and less than a second ago
        note(63, 11.3, 0.1),
        note(64, 11.4, 0.1),
    ]
    line, written = a_line(notes)
    for _ in notes:
        line.draw(9.0)
    assert written.recent == [[], [60], [60, 61], [60, 61, 62], [60, 62, 63]]


def test_no_more_notes_than_allowed_in_a_second() -> None:
    notes = [note(60, 10.0), note(61, 10.0), note(62, 10.0)]
    line, written = a_line(notes, notes_per_second=8)
    for _ in range(3):
        line.draw(9.0)
    # A quarter of a second's share, two notes, may come at once.
    assert [bounds.earliest for bounds in written.bounds] == pytest.approx([10.0, 10.0, 10.25])
