"""What is written: hands, voices, lengths and names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.music.note import Note, notes_to_array
from antiphon_training.notation.bars import divide
from antiphon_training.notation.hands import split_hands
from antiphon_training.notation.lengths import IN_THIRDS, WRITTEN, Ruler
from antiphon_training.notation.metres import DOTTED, QUARTER, Metre, Metres
from antiphon_training.notation.page import lay_out
from antiphon_training.notation.spelling import Key, find_key, spell
from antiphon_training.notation.voices import Event, Sounding, find_voices

METRES = (Metre(2), Metre(3), Metre(4), Metre(2, DOTTED), Metre(3, DOTTED))
COMMON = Ruler(Metres.only(Metre(4)))


class TestHands:
    def split(self, *notes: tuple[float, int]) -> list[bool]:
        onsets, pitches = (np.array(column) for column in zip(*notes, strict=True))
        right = split_hands(onsets.astype(float), onsets + 0.5, pitches)
        return [bool(each) for each in right]

    def test_a_bass_and_a_melody_are_two(self) -> None:
        notes = [(float(n), p) for n in range(8) for p in (40 + n, 67 + n)]
        assert self.split(*notes) == [False, True] * 8

    def test_a_melody_stays_in_its_hand_when_it_descends(self) -> None:
        notes = [(float(n), p) for n in range(16) for p in (36, 74 - n)]
        assert self.split(*notes) == [False, True] * 16

    def test_what_one_hand_can_play_alone(self) -> None:
        assert all(self.split(*((float(n), 72 + n % 5) for n in range(12))))
        assert not any(self.split(*((float(n), 45 + n % 5) for n in range(12))))
        assert split_hands(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64)).tolist() == []


class TestVoices:
    def test_legato_is_written_to_the_next_note(self) -> None:
        notes = [Sounding(0, 26.0, 60), Sounding(24, 46.0, 62), Sounding(48, 60.0, 64)]
        flowing, holding = find_voices(notes, COMMON)
        assert [(each.start, each.end) for each in flowing] == [(0, 24), (24, 48), (48, 60)]
        assert not holding

    def test_what_ends_long_before_the_next_is_followed_by_a_rest(self) -> None:
        flowing, _ = find_voices([Sounding(0, 26.0, 60), Sounding(96, 120.0, 60)], COMMON)
        assert flowing[0] == Event(0, 24, (60,))

    def test_what_is_held_gets_a_voice(self) -> None:
        melody = [Sounding(24 * n, 24.0 * n + 22, 72 + n) for n in range(4)]
        held = Sounding(0, 95.0, 48)
        flowing, holding = find_voices(sorted([held, *melody], key=lambda n: n.start), COMMON)
        assert holding == [Event(0, 96, (48,))]
        assert [each.pitches for each in flowing] == [(72,), (73,), (74,), (75,)]

    def test_what_is_held_ends_before_it_is_struck_anew(self) -> None:
        notes = [Sounding(0, 100.0, 48, 48), Sounding(24, 40.0, 60), Sounding(48, 90.0, 48)]
        _, holding = find_voices(notes, COMMON)
        assert holding == [Event(0, 48, (48,))]

    def test_a_tenor_that_enters_late_ends_with_its_harmony(self) -> None:
        """The left hand of Bach's prelude in C: no tie over a bass that is struck again."""
        notes = []
        for half, (bass, tenor) in enumerate(((60, 64), (60, 64), (60, 62), (60, 62))):
            start = 48 * half
            notes += [
                Sounding(start, start + 48.0, bass, start + 48),
                Sounding(start + 6, start + 48.0, tenor, start + 54),
            ]
        flowing, holding = find_voices(notes, COMMON)
        halves = range(0, 192, 48)
        assert [(each.start, each.end) for each in holding] == [(t, t + 48) for t in halves]
        assert [(each.start, each.end) for each in flowing] == [(t + 6, t + 48) for t in halves]

    def test_a_note_of_another_hand_on_its_key_ends_it(self) -> None:
        flowing, _ = find_voices([Sounding(0, 90.0, 60, 30), Sounding(96, 120.0, 62)], COMMON)
        assert flowing[0].end == 30
        thirds = Ruler(Metres.only(Metre(4)), frozenset({24}))
        flowing, _ = find_voices([Sounding(24, 48.0, 60, 42), Sounding(40, 48.0, 62)], thirds)
        assert flowing[0].end == 40


@given(st.sampled_from(METRES), st.integers(0, 63), st.integers(1, 64), st.booleans())
def test_every_length_is_made_of_signs(metre: Metre, first: int, length: int, rest: bool) -> None:
    start, end = 3 * first, 3 * (first + length)
    pieces = Ruler(Metres.only(metre)).written(start, end, rest=rest)
    assert pieces[0][0] == start
    assert pieces[-1][1] == end
    assert all(a[1] == b[0] for a, b in itertools.pairwise(pieces))
    assert all(b - a in WRITTEN for a, b in pieces)
    assert all(a // metre.bar == (b - 1) // metre.bar for a, b in pieces)


@given(st.integers(0, 22), st.integers(1, 24))
def test_beats_in_three_are_made_of_thirds(first: int, length: int) -> None:
    ruler = Ruler(Metres.only(Metre(4)), frozenset(range(0, 16 * 24, 24)))
    pieces = ruler.written(4 * first, 4 * (first + length))
    assert [ruler.in_three(tick) % 4 for tick in range(0, 96, 3)] == [0] * 32
    assert [ruler.in_three(tick) for tick in (24, 32, 42)] == [24, 32, 44]
    assert COMMON.in_three(42) == 42
    for start, end in pieces:
        if end - start not in IN_THIRDS:
            assert start % QUARTER == end % QUARTER == 0


def test_a_note_over_whole_beats_in_three_needs_no_tie() -> None:
    """The melody of the Moonlight sonata's first movement."""
    ruler = Ruler(Metres.only(Metre(4)), frozenset(range(0, 96, 24)))
    assert ruler.written(0, 72) == [(0, 72)]
    assert ruler.written(0, 48) == [(0, 48)]
    assert ruler.written(16, 48) == [(16, 24), (24, 48)]
    assert ruler.written(0, 56) == [(0, 48), (48, 56)]


@pytest.mark.parametrize(
    ("start", "end", "pieces"),
    [
        (0, 72, [(0, 72)]),  # a dotted half
        (24, 72, [(24, 72)]),  # a half on the second beat is read as syncopation
        (12, 36, [(12, 36)]),  # so is a quarter between beats
        (36, 60, [(36, 48), (48, 60)]),  # but not over the middle of the bar
        (18, 30, [(18, 24), (24, 30)]),  # nor an eighth from a sixteenth on
        (72, 120, [(72, 96), (96, 120)]),  # over the bar line
        (0, 60, [(0, 48), (48, 60)]),  # five eighths have no sign
    ],
)
def test_ties_show_the_beat(start: int, end: int, pieces: list[tuple[int, int]]) -> None:
    assert COMMON.written(start, end) == pieces


def test_rests_show_the_beat() -> None:
    three, compound = Ruler(Metres.only(Metre(3))), Ruler(Metres.only(Metre(2, DOTTED)))
    assert three.written(0, 36, rest=True) == [(0, 24), (24, 36)]
    assert compound.written(0, 36, rest=True) == [(0, 36)]
    assert COMMON.written(0, 18, rest=True) == [(0, 18)]


def names(key: Key, *pitches: int) -> list[str]:
    """Return what the notes of a line in the right hand are called."""
    line = np.array(pitches)
    written = spell(np.arange(len(line)) / 2.0, line, np.ones(len(line), dtype=bool), key)
    signs = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "x"}
    return [f"{step}{signs[sharps]}{octave}" for step, sharps, octave in written]


C_MAJOR, E_FLAT_MAJOR, A_MINOR = Key(0, minor=False), Key(-3, minor=False), Key(0, minor=True)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (C_MAJOR, "C4 D4 E4 F4 G4 A4 B4 C5"),
        (C_MAJOR, "C4 C#4 D4 D#4 E4"),  # upwards
        (C_MAJOR, "E4 Eb4 D4 Db4 C4"),  # and downwards
        (C_MAJOR, "C5 Ab4 F4 C4"),  # a chord of F minor
        (C_MAJOR, "B4 G#4 E4 B3"),  # and of E major
        (E_FLAT_MAJOR, "Eb4 F4 G4 Ab4 Bb4 C5 B4 C5"),
        (A_MINOR, "A4 G#4 A4 F#4 G#4 A4 F4 D4"),
        (Key(-6, minor=False), "Gb4 F4 Gb4 Ab4 Bb4 Cb5 Bb4"),
    ],
)
def test_lines_are_named_as_they_are_read(key: Key, line: str) -> None:
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    pitches = [
        12 * (int(name[-1]) + 1) + steps[name[0]] + name.count("#") - name[1:].count("b")
        for name in line.split()
    ]
    assert names(key, *pitches) == line.split()


def test_notes_that_lead_upwards_are_raised() -> None:
    """B sharp and D sharp to C sharp and E, in the third bar of Chopin's prelude in A."""
    pitches = np.array((62, 68, 71, 74, 78, 72, 75, 73, 76, 73, 81))
    starts = np.array((0, 0, 0, 2, 2, 3, 3, 3.75, 3.75, 4, 4))
    written = spell(starts, pitches, np.ones(len(pitches), dtype=bool), Key(3, minor=False))
    assert [f"{step}{sharps}" for step, sharps, _ in written[5:9]] == ["B1", "D1", "C1", "E0"]


def test_a_key_that_is_struck_again_keeps_its_name() -> None:
    """As in Chopin's prelude in E minor: E flat, for it leads down to D, though after rests."""
    pitches = np.array([64, 63, 63, 63, 57, 62])
    names = spell(np.arange(6) / 2, pitches, np.zeros(6, dtype=bool), Key(1, minor=True))
    assert [f"{step}{sharps}" for step, sharps, _ in names] == ["E0", *["E-1"] * 3, "A0", "D0"]


def test_a_rest_before_a_note_off_the_beat_is_visible() -> None:
    """As in Bach's prelude in C; one that another voice fills up to a beat is not."""
    halves = [Note(p, 2.0 * n, 2.0, 80) for n, p in enumerate((48, 47, 48, 45) * 2)]
    tenor = [Note(64, 2.0 * n + 0.25, 1.75, 80) for n in range(8)]
    melody = [Note(p, 0.5 * n, 0.5, 80) for n, p in enumerate((79, 84, 88, 84) * 8)]
    notes = sorted([*halves, *tenor, *melody], key=lambda note: (note.onset, note.pitch))
    page = lay_out(notes_to_array(notes))
    heads = [
        head for bar in divide(page, page.left, treble=False) for head in bar.flowing
        if bar.holding
    ]  # fmt: skip
    shown = [head for head in heads if not head.pitches and head.shown]
    assert len(shown) >= 6
    assert all(page.metres.level(head.end) < 3 for head in shown)


@given(st.lists(st.integers(0, 127), min_size=1, max_size=30), st.integers(-5, 6), st.booleans())
def test_every_name_sounds_as_its_pitch(pitches: list[int], fifths: int, minor: bool) -> None:
    steps = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    starts, right = np.arange(len(pitches)) / 3.0, np.arange(len(pitches)) % 3 > 0
    written = spell(starts, np.array(pitches), right, Key(fifths, minor))
    for pitch, (step, sharps, octave) in zip(pitches, written, strict=True):
        assert 12 * (octave + 1) + steps[step] + sharps == pitch
        assert abs(sharps) <= 2


@pytest.mark.parametrize(
    ("tonic", "minor", "fifths"),
    [(0, False, 0), (7, False, 1), (3, False, -3), (9, True, 0), (4, True, 1), (8, True, 5)],
)
def test_keys_are_found(tonic: int, minor: bool, fifths: int) -> None:
    scale = (0, 2, 3, 5, 7, 8, 11, 12) if minor else (0, 2, 4, 5, 7, 9, 11, 12)
    chord = (0, 3, 7) if minor else (0, 4, 7)
    notes = [Note(60 + tonic + up, 0.5 * n, 0.5, 80) for n, up in enumerate(scale)]
    notes += [Note(48 + tonic + up, 4.0, 2.0, 80) for up in chord]
    assert find_key(notes_to_array(notes)) == Key(fifths, minor)


@pytest.mark.train
def test_a_scale_is_laid_out() -> None:
    notes = [Note(60 + up, 0.65 * n, 0.6, 80) for n, up in enumerate((0, 2, 4, 5, 7, 9, 11, 12))]
    bass = [Note(pitch, 2.6 * n, 2.5, 90) for n, pitch in enumerate((36, 43))]
    page = lay_out(notes_to_array([*notes, *bass]), ((2.5, "here"),))
    assert (page.key, page.tempo_bpm) == (Key(0, minor=False), pytest.approx(60.0 / 0.65))
    assert [event.pitches for event in page.right.flowing] == [(n.pitch,) for n in notes]
    assert page.marks == ((4 * QUARTER, "here"),)
    for bar in divide(page, page.right, treble=True):
        assert bar.treble
        assert bar.flowing[0].start == bar.start
        assert bar.flowing[-1].end == bar.end


@pytest.mark.train
def test_one_note_makes_a_page() -> None:
    page = lay_out(notes_to_array([Note(60, 5.0, 0.2, 80)]))
    assert page.spans == ((0, page.metre.bar),)
    with pytest.raises(ValueError, match="no stroke"):
        lay_out(notes_to_array([]))
