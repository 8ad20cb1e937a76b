"""Words: what begins together, how it is written, and how long it lasts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.codecs.words import (
    FIRST_CHORD,
    SOUNDS,
    Metre,
    name_sound,
    sound_classes,
    sound_name,
    sound_pitches,
    sounds,
)
from antiphon.music.note import Note, NoteArray, empty_notes, notes_to_array

LENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0)
METRE = Metre(lengths=LENGTHS)
every_sound = st.one_of(st.integers(0, 127), st.integers(FIRST_CHORD + 1, SOUNDS - 1))


def played(*notes: tuple[int, float, float | None]) -> NoteArray:
    return notes_to_array(Note(pitch, onset, length, 64) for pitch, onset, length in notes)


def read(metre: Metre, notes: NoteArray, beat: float = 1.0) -> list[str]:
    return [metre.word(key) for key in metre.keys(notes, beat).tolist()]


class TestSpelling:
    @given(sound=every_sound)
    def test_a_name_says_its_sound(self, sound: int) -> None:
        assert name_sound(sound_name(sound)) == sound

    @given(sound=every_sound)
    def test_a_sound_is_made_of_its_pitch_classes(self, sound: int) -> None:
        pitches = sound_pitches(sound)
        assert list(pitches) == sorted(set(pitches))
        assert {pitch % 12 for pitch in pitches} == set(sound_classes(sound))
        assert all(0 <= pitch <= 127 for pitch in pitches)

    @given(sound=every_sound)
    def test_a_sound_that_is_played_is_heard_as_itself(self, sound: int) -> None:
        pitches = np.array(sound_pitches(sound), dtype=np.uint8)
        assert sounds(pitches, np.array([0])).tolist() == [sound]

    @pytest.mark.parametrize(
        ("name", "pitches"),
        [("C4", (60,)), ("0", (48, 60)), ("0.4.7", (48, 52, 55)), ("11.2.5", (59, 62, 65))],
    )
    def test_pitches_of_a_word(self, name: str, pitches: tuple[int, ...]) -> None:
        assert sound_pitches(name_sound(name)) == pitches

    @pytest.mark.parametrize("name", ["", "4.0.7", "0.0", "0.12", "0.", "H2", "0,4,7", "00"])
    def test_what_is_no_name_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="not the n"):
            name_sound(name)


class TestGrouping:
    def test_what_begins_within_a_chords_span_is_one_word(self) -> None:
        notes = played((64, 0.0, 1.0), (60, 0.06, 1.0), (67, 0.07, 1.0), (72, 1.0, 1.0))
        assert read(Metre(), notes) == ["0.4", "G4", "C5"]

    def test_a_pitch_struck_twice_at_once_is_one_pitch(self) -> None:
        assert read(Metre(), played((60, 0.0, 1.0), (60, 0.0, 2.0))) == ["C4"]

    def test_an_octave_is_a_chord_of_one_pitch_class(self) -> None:
        assert read(Metre(), played((60, 0.0, 1.0), (84, 0.0, 1.0))) == ["0"]

    def test_a_cluster_of_a_thousand_notes(self) -> None:
        notes = empty_notes(1000)
        notes["pitch"] = np.arange(1000) % 128
        assert read(METRE, notes) == [".".join(map(str, range(12))) + ":0.25"]


class TestLengths:
    def test_a_word_lasts_until_the_next_begins(self) -> None:
        notes = played((60, 0.0, 0.1), (62, 0.5, 0.1), (64, 1.4, 0.1), (65, 7.0, 1.9))
        assert read(METRE, notes) == ["C4:0.5", "D4:1", "E4:4", "F4:2"]

    def test_the_last_word_lasts_as_long_as_its_longest_note(self) -> None:
        assert read(METRE, played((60, 3.0, 0.3), (64, 3.0, 1.1))) == ["0.4:1"]

    def test_the_last_word_lasts_a_step_while_it_is_held(self) -> None:
        assert read(METRE, played((60, 3.0, None))) == ["C4:0.5"]
        assert read(METRE, played((60, 3.0, None), (64, 3.0, 1.1))) == ["0.4:1"]

    def test_a_beat_may_last_any_time(self) -> None:
        notes = played((60, 10.0, 0.1), (62, 10.3, 0.1), (64, 11.5, 0.6))
        assert read(METRE, notes, beat=0.6) == ["C4:0.5", "D4:2", "E4:1"]

    def test_without_lengths_time_does_not_count(self) -> None:
        assert read(Metre(), played((60, 0.0, 1.0), (62, 9.0, None))) == ["C4", "D4"]

    def test_thirds_have_names(self) -> None:
        thirds = Metre(lengths=(1 / 3, 2 / 3, 1.0))
        assert read(thirds, played((60, 0.0, 1.0), (62, 1 / 3, 2 / 3))) == [
            "C4:0.333333",
            "D4:0.666667",
        ]
        assert thirds.word(thirds.key("C4:0.333333")) == "C4:0.333333"

    def test_nothing(self) -> None:
        assert METRE.keys(empty_notes()).shape == (0,)

    @pytest.mark.parametrize(
        ("step", "lengths", "span"),
        [
            (0.0, (), 0.1),
            (math.nan, (), 0.1),
            (0.5, (), 0.0),
            (0.5, (0.0, 1.0), 0.1),
            (0.5, (1.0, 0.5), 0.1),
            (0.5, (1.0, 1.0), 0.1),
            (0.5, (1.0, math.inf), 0.1),
        ],
    )
    def test_lengths_that_no_word_can_have(
        self, step: float, lengths: tuple[float, ...], span: float
    ) -> None:
        with pytest.raises(ValueError, match="a word's"):
            Metre(step, lengths, span)

    @pytest.mark.parametrize("word", ["C4", "C4:3", "C4:0.50", ":0.5", "C4:0.5:1"])
    def test_a_word_of_another_metre_is_refused(self, word: str) -> None:
        with pytest.raises(ValueError, match="'"):
            METRE.key(word)
