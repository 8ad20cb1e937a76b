"""Grace notes: what is one, what is not, and how they are written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.files.beat_clock import BeatClock
from antiphon.music.files.hands import LEFT, RIGHT
from antiphon.music.note import Note, notes_to_array
from antiphon_training.notation.graces import CLASSES, grace_name
from antiphon_training.notation.lilypond import lilypond
from antiphon_training.notation.ornaments import Plain, take_ornaments
from antiphon_training.notation.page import Page, lay_out

QUARTERS = [Note(pitch, 0.5 * n, 0.45, 80) for n, pitch in enumerate((72, 76, 79, 77, 74, 71) * 3)]


def taken(*notes: Note) -> Plain:
    return take_ornaments(notes_to_array(sorted(notes, key=lambda n: (n.onset, n.pitch))))


def graces(*notes: Note) -> dict[int, tuple[int, ...]]:
    return taken(*notes).graces


def test_a_short_note_before_its_neighbour_is_one() -> None:
    assert graces(*QUARTERS) == {}
    plain = taken(*QUARTERS, Note(80, 0.94, 0.05, 70))
    assert plain.graces == {2: (80,)}
    assert plain.kept.tolist() == [0, 1, *range(3, len(QUARTERS) + 1)]
    assert plain.notes["onset"].tolist() == [note.onset for note in QUARTERS]


def test_one_on_the_beat_lends_its_place() -> None:
    late = Note(79, 1.06, 0.39, 80)
    bass = Note(48, 1.0, 0.9, 80)
    notes = [*QUARTERS[:2], Note(78, 1.0, 0.06, 80), bass, late, *QUARTERS[3:]]
    plain = taken(*notes)
    assert list(plain.graces.values()) == [(78,)]
    (main,) = plain.graces
    assert (plain.notes["pitch"][main], plain.notes["onset"][main]) == (79, 1.0)
    assert plain.notes["duration"][main] == pytest.approx(0.45)


def test_two_or_three_before_a_note_are_a_chain() -> None:
    slide = [Note(76, 0.9, 0.04, 70), Note(77, 0.95, 0.04, 70)]
    plain = taken(*QUARTERS, *slide)
    assert plain.graces == {2: (76, 77)}
    assert len(plain.notes) == len(QUARTERS)
    turn = [Note(80, 0.86, 0.04, 70), Note(79, 0.91, 0.04, 70), Note(77, 0.96, 0.04, 70)]
    assert graces(*QUARTERS, *turn) == {2: (80, 79, 77)}


def test_thirty_seconds_before_a_note_are_none() -> None:
    """Where beats are told; a slower chain has a place in the bar too."""
    slide = [Note(76, 0.875, 0.06, 70), Note(77, 0.9375, 0.06, 70)]
    notes = notes_to_array(sorted([*QUARTERS, *slide], key=lambda note: note.onset))
    assert take_ornaments(notes, None, BeatClock.of([(0.0, 0.5)])).graces == {}
    assert take_ornaments(notes, None, BeatClock.of([(0.0, 0.7)])).graces == {2: (76, 77)}
    assert take_ornaments(notes).graces == {}


def test_another_hand_does_not_hide_one() -> None:
    bass = [Note(74, 0.25 * n, 0.2, 60) for n in range(12)]
    notes = sorted([*QUARTERS, *bass, Note(80, 0.94, 0.05, 70)], key=lambda n: (n.onset, n.pitch))
    hands = np.array([LEFT if note.velocity == 60 else RIGHT for note in notes], np.int8)
    assert take_ornaments(notes_to_array(notes)).graces == {}
    assert list(take_ornaments(notes_to_array(notes), hands).graces.values()) == [(80,)]


@pytest.mark.parametrize(
    "notes",
    [
        [Note(72 + n % 2 * 2, 0.1 * n, 0.09, 80) for n in range(20)],  # like a slow trill
        [Note(60 + n, 0.08 * n, 0.07, 80) for n in range(20)],  # a run
        [Note(60 + n, 0.3 * (n // 2) + 0.225 * (n % 2), (0.2, 0.07)[n % 2], 80) for n in range(20)],
        [Note(67, 0.94, 0.05, 70), Note(79, 1.0, 0.4, 80)],  # an octave
        [Note(78, 0.995, 0.05, 70), Note(79, 1.0, 0.4, 80)],  # struck together
    ],
)
def test_what_has_a_place_in_the_bar_is_none(notes: list[Note]) -> None:
    assert graces(*notes) == {}


@pytest.mark.parametrize(
    ("pitch", "name", "grace"),
    [
        (71, ("C", 0, 5), ("B", 0, 4)),
        (75, ("E", 0, 5), ("D", 1, 5)),
        (77, ("E", 0, 5), ("F", 0, 5)),
        (72, ("B", 0, 4), ("C", 0, 5)),
        (68, ("G", -1, 4), ("A", -1, 4)),
        (76, ("G", 0, 5), ("E", 0, 5)),
        (64, ("C", 0, 4), ("E", 0, 4)),
    ],
)
def test_it_is_called_after_the_next_step(
    pitch: int, name: tuple[str, int, int], grace: tuple[str, int, int]
) -> None:
    assert grace_name(pitch, name) == grace


@given(st.sampled_from(sorted(CLASSES)), st.integers(-1, 1), st.sampled_from((-2, -1, 1, 2)))
def test_its_name_sounds_as_its_pitch(step: str, sharps: int, away: int) -> None:
    pitch = 60 + CLASSES[step] + sharps + away
    found, signs, octave = grace_name(pitch, (step, sharps, 4))
    assert 12 * (octave + 1) + CLASSES[found] + signs == pitch
    assert found != step


@pytest.fixture(scope="module")
def page() -> Page:
    notes = sorted([*QUARTERS, Note(80, 0.94, 0.05, 70)], key=lambda note: note.onset)
    page = lay_out(notes_to_array(notes))
    assert list(page.graces.values()) == [(80,)]
    return page


def test_lilypond_has_it(page: Page) -> None:
    assert lilypond(page).count("\\acciaccatura af''8 g''") == 1


@pytest.mark.train
def test_musicxml_has_it(page: Page) -> None:
    from antiphon_training.notation.musicxml import musicxml
    from antiphon_training.notation.score import make_score

    text = musicxml(make_score(page), page).decode()
    assert text.count("<grace") == 1
    assert text.count("<note") - text.count("<rest") == len(QUARTERS) + 1
