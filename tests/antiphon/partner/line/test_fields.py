"""One note after another: what becomes of what the instrument drew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.music.note import Note, notes_to_array
from antiphon.partner import PartnerSettings
from antiphon.partner.line.drawing import Asked
from antiphon.partner.line.fields import FLAM
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.place import Bounds, Place
from antiphon.partner.line.rules import Without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.antiphon.partner.conftest import Kit


@dataclass(frozen=True, slots=True)
class Drawn:
    classes: Any
    within: Any
    state: Any


class Score:
    """An instrument that plays what is written, and notes which pitches it might have."""

    window = None

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self.rows = list(rows)
        self.allowed: list[set[int]] = []
        self.read: list[list[int]] = []

    def initial_state(self) -> int:
        return 0

    def prime(self, state: int, classes: Any) -> int:
        return state + len(classes)

    def read(self, state: int, classes: Any) -> list[int]:
        return [state + 1 + i for i in range(len(classes))]

    def step_batch(self, asks: Sequence[Any]) -> list[Drawn]:
        return [self.step(ask) for ask in asks]

    def step(self, ask: Any) -> Drawn:
        self.read.append(ask.previous.tolist())
        self.allowed.append(set(np.flatnonzero(ask.biases.row("pitch")[0] == 0.0).tolist()))
        return Drawn(np.array(self.rows.pop(0)), np.full(4, 0.5, np.float32), ask.state + 1)


class Playing:
    """A score under an improviser's fingers, from a place at 10 s."""

    def __init__(self, kit: Kit, *written: tuple[int, float, float], **settings: Any) -> None:
        self.codec: Any = kit.codec()
        rows = [
            (pitch, self.codec.time_class(step), self.codec.time_class(length), 20)
            for pitch, step, length in written
        ]
        self.score = Score(rows)
        self.improviser = improviser_for(self.score, self.codec, PartnerSettings(**settings))
        self.place = Place(0, np.array(self.codec.start, np.int32), 10.0)

    def draw(
        self, recent: Sequence[Note] = (), earliest: float = 10.0, latest: float = 12.0
    ) -> list[Note]:
        bounds = Bounds(earliest, latest, 2.0, 30.0)
        rng = np.random.default_rng(0)
        asked = Asked(self.place, bounds, list(recent), rng)
        (draft,) = self.improviser.prepare([asked])
        prediction = self.score.step(draft.ask)
        notes, self.place = self.improviser.finish(draft, prediction, list(recent))
        return notes


def struck(pitch: int, onset: float) -> Note:
    return Note(pitch, onset, 0.5, 80)


def test_a_note_comes_as_it_was_drawn(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.5, 0.25))
    (note,) = playing.draw()
    assert note.pitch == 60
    assert note.onset == pytest.approx(10.5, rel=0.005)
    assert note.duration == pytest.approx(0.25, rel=0.1)
    assert playing.place.onset == note.onset
    assert playing.place.state == 1
    assert playing.place.row.tolist() == [60, *map(playing.codec.time_class, (0.5, 0.25)), 20]


@pytest.mark.parametrize(("earliest", "latest", "onset"), [(11.0, 12.0, 11.0), (10.0, 10.2, 10.2)])
def test_an_onset_outside_its_bounds_is_moved_and_read_as_moved(
    kit: Kit, earliest: float, latest: float, onset: float
) -> None:
    playing = Playing(kit, (60, 0.5, 0.25))
    (note,) = playing.draw(earliest=earliest, latest=latest)
    assert note.onset == onset
    assert playing.place.row[1] == playing.codec.time_class(onset - 10.0)


def test_a_note_is_no_longer_than_the_longest_and_read_so(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.5, 9.0), longest_note=2.0)
    (note,) = playing.draw()
    assert note.duration == 2.0
    assert playing.place.row[2] == playing.codec.time_class(2.0)


def test_a_note_without_a_duration_lasts_as_long_as_one_may(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.5, 1.0), longest_note=3.0)
    held = playing.codec.encode(notes_to_array([Note(60, 0.0, None, 80)]))[0][2]
    playing.score.rows[0] = (60, playing.codec.time_class(0.5), int(held), 20)
    (note,) = playing.draw()
    assert note.duration == 3.0
    assert playing.place.row[2] == playing.codec.time_class(3.0)


def test_a_flam_is_drawn_again_with_another_pitch(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.0, 0.5), (64, 0.0, 0.5))
    recent = [struck(59, 9.9), struck(60, 9.97), struck(62, 10.0)]
    assert playing.draw(recent) == []
    before = playing.place
    assert (before.state, before.onset) == (0, 10.0)
    assert sorted(before.without) == [60, 62]  # 59 is long enough ago
    (note,) = playing.draw(recent)
    assert note.pitch == 64
    assert {60, 62}.isdisjoint(playing.score.allowed[1])
    assert playing.score.allowed[0] - playing.score.allowed[1] == {60, 62}
    assert playing.place.without == ()


def test_a_flam_that_cannot_be_otherwise_waits(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.0, 0.5), (60, 0.0, 0.5))
    recent = [struck(60, 9.5), struck(60, 9.98)]
    assert playing.draw(recent) == []
    (note,) = playing.draw(recent)
    assert note.onset == pytest.approx(9.98 + FLAM)
    assert playing.place.row[1] == playing.codec.time_class(9.98 + FLAM - 10.0)
    assert playing.place.onset == note.onset


@pytest.mark.parametrize(("before", "drawn"), [(10.0 - FLAM, True), (9.99, False)])
def test_a_pitch_may_be_struck_again_as_soon_as_a_hand_can(
    kit: Kit, before: float, drawn: bool
) -> None:
    playing = Playing(kit, (60, 0.0, 0.5))
    assert bool(playing.draw([struck(60, before)], latest=10.0)) is drawn


def test_another_pitch_at_once_is_a_chord(kit: Kit) -> None:
    playing = Playing(kit, (64, 0.0, 0.5))
    (note,) = playing.draw([struck(60, 10.0)], latest=10.0)
    assert (note.pitch, note.onset) == (64, 10.0)


def test_a_wait_longer_than_any_step_is_taken_for_a_breath(kit: Kit) -> None:
    playing = Playing(kit, (60, 1.0, 0.5), longest_gap=2.0)
    (note,) = playing.draw(earliest=100.0, latest=103.0)
    assert note.onset == 100.0
    # As if the last note had been the longest gap ago.
    assert playing.place.row[1] == playing.codec.time_class(2.0)


def test_a_wait_within_a_step_is_counted_from_the_last_note(kit: Kit) -> None:
    playing = Playing(kit, (60, 6.0, 0.5), longest_gap=2.0)
    (note,) = playing.draw(earliest=15.0, latest=18.0)
    assert note.onset == pytest.approx(16.0, rel=0.05)
    assert playing.place.row[1] == playing.codec.time_class(6.0)


def test_notes_together_are_of_one_instant_and_different(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.3, 0.5), (64, 0.3, 0.5), (67, 0.3, 0.5), (70, 0.3, 0.5))
    rng = np.random.default_rng(0)
    notes = list(playing.improviser.together(playing.place, [Without([50])], 3, rng))
    assert [note.pitch for note in notes] == [60, 64, 67]
    assert {note.onset for note in notes} == {10.0}
    allowed = playing.score.allowed
    assert all(50 not in pitches for pitches in allowed)
    assert allowed[0] - allowed[1] == {60}
    assert allowed[0] - allowed[2] == {60, 64}
    instant = playing.codec.time_class(0.0)
    assert [row[:2] for row in playing.score.read[1:]] == [[60, instant], [64, instant]]


def test_where_no_other_pitch_is_left_there_are_fewer(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.0, 0.5), (64, 0.0, 0.5), (60, 0.0, 0.5), (72, 0.0, 0.5))
    rng = np.random.default_rng(0)
    notes = list(playing.improviser.together(playing.place, [], 4, rng))
    assert [note.pitch for note in notes] == [60, 64]


def test_the_range_is_what_the_settings_say_and_changes_with_them(kit: Kit) -> None:
    playing = Playing(kit, (60, 0.5, 0.5), (60, 0.5, 0.5), low=48, high=72)
    playing.draw()
    assert playing.score.allowed[0] == set(range(48, 73))
    settings = PartnerSettings(low=50, high=60)
    playing.improviser.adopt(settings)
    playing.place = replace(playing.place, onset=10.0)
    playing.draw()
    assert playing.score.allowed[1] == set(range(50, 61))
