"""Names of pitches and chords: music21's, without music21."""

from __future__ import annotations

import pytest

from antiphon.music.pitch_sets import name_pitch, normal_order, pitch_label, pitch_name


def test_people_are_shown_the_same_spelling() -> None:
    labels = [pitch_label(pitch) for pitch in (0, 3, 60, 61, 63, 70, 127)]
    assert labels == ["C-1", "Eb-1", "C4", "C#4", "Eb4", "Bb4", "G9"]


@pytest.mark.parametrize(
    ("pitch", "name"),
    [
        (0, "C(-1)"),
        (4, "E(-1)"),
        (12, "C0"),
        (21, "A0"),
        (27, "E-1"),
        (28, "E1"),
        (60, "C4"),
        (61, "C#4"),
        (66, "F#4"),
        (68, "G#4"),
        (70, "B-4"),
        (127, "G9"),
    ],
)
def test_a_pitch_is_spelt_by_its_number(pitch: int, name: str) -> None:
    assert pitch_name(pitch) == name
    assert name_pitch(name) == pitch


def test_each_pitch_has_a_name_of_its_own() -> None:
    assert [name_pitch(pitch_name(pitch)) for pitch in range(128)] == list(range(128))


@pytest.mark.parametrize("name", ["", "H4", "C", "D-4", "C10", "c4", "60"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a pitch"):
        name_pitch(name)


@pytest.mark.parametrize(
    ("pitches", "order"),
    [
        ((), ()),
        ((60,), (0,)),
        ((60, 72, 48), (0,)),
        ((60, 64, 67), (0, 4, 7)),
        ((64, 67, 72), (0, 4, 7)),
        ((53, 58, 62), (10, 2, 5)),
        ((0, 3, 6, 9), (0, 3, 6, 9)),
        ((68, 69, 62, 67), (7, 8, 9, 2)),
        ((0, 1, 5, 6, 8), (5, 6, 8, 0, 1)),  # packed from the left, as Forte has it
        (range(12), tuple(range(12))),
    ],
)
def test_normal_order(pitches: tuple[int, ...], order: tuple[int, ...]) -> None:
    assert normal_order(pitches) == order


@pytest.mark.train
def test_every_chord_has_the_normal_order_that_music21_gives() -> None:
    chord = pytest.importorskip("music21.chord")
    note = pytest.importorskip("music21.note")
    notes = [note.Note(60 + pitch) for pitch in range(12)]  # a note takes long to make
    for bits in range(1, 1 << 12):
        classes = [pitch for pitch in range(12) if bits >> pitch & 1]
        theirs = chord.Chord([notes[pitch] for pitch in classes]).normalOrder
        assert normal_order(classes) == tuple(theirs)


@pytest.mark.train
def test_every_pitch_from_c0_has_the_name_that_music21_gives() -> None:
    pitch = pytest.importorskip("music21.pitch")
    for number in range(12, 128):
        theirs = pitch.Pitch(midi=number)
        assert pitch_name(number) == theirs.nameWithOctave
        assert pitch.Pitch(pitch_name(number)).midi == number
