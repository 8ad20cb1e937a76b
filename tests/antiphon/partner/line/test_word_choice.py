"""Which words may follow, and what becomes of them; the test writes what is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.instrument.controls import FORBID
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import Note, notes_to_array
from antiphon.partner import PartnerSettings
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.drawing import Asked
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.place import Bounds, Place
from antiphon.partner.line.rules import Without
from antiphon.partner.listening.beats import Beats

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = ("C4:1", "E4:0.5", "0.4.7:1", "0.4.7:2", "C6:1", "C2:1")
LENGTHS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    classes: Any
    within: Any
    state: Any


class Book:
    """An instrument that says what is written, and notes which words it might have said."""

    window = 32

    def __init__(self, words: Sequence[int]) -> None:
        self.words = list(words)
        self.allowed: list[set[int]] = []

    def initial_state(self) -> int:
        return 0

    def prime(self, state: int, classes: Any) -> int:
        return state + len(classes)

    def read(self, state: int, classes: Any) -> list[int]:
        return [state + 1 + i for i in range(len(classes))]

    def step_batch(self, asks: Sequence[Any]) -> list[Drawn]:
        return [self.step(ask) for ask in asks]

    def step(self, ask: Any) -> Drawn:
        allowed = np.flatnonzero(ask.biases.row("symbol")[0] > FORBID / 2)
        self.allowed.append(set(allowed.tolist()))
        return Drawn(np.array([self.words.pop(0)]), np.zeros(1, np.float32), ask.state + 1)


def draw(
    word: str,
    *,
    words: Sequence[str] = WORDS,
    gap: float = 9.0,
    end: float = 99.0,
    rules: Sequence[Any] = (),
    **settings: Any,
) -> tuple[list[Any], set[str]]:
    """Return the notes of a word that is drawn first, and the words that were possible."""
    codec = SymbolsCodec(sorted(words), lengths=LENGTHS)
    book = Book([codec.index[word]])
    improviser = improviser_for(book, codec, PartnerSettings(**settings), rules)
    place = Place(0, np.array(codec.start, np.int32), 10.0)
    bounds = Bounds(10.0, 12.0, gap, end)
    (draft,) = improviser.prepare([Asked(place, bounds, [], np.random.default_rng(0))])
    notes, _ = improviser.finish(draft, book.step(draft.ask), [])
    return notes, {codec.words[index] for index in book.allowed[0] if index < len(codec.words)}


def pitches(notes: Sequence[Any]) -> list[int]:
    return [note.pitch for note in notes]


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [
        ({"low": 36, "high": 84}, set()),
        ({"low": 37, "high": 84}, {"C2:1"}),
        ({"low": 36, "high": 83}, {"C6:1"}),
        ({"low": 36, "high": 84, "voices": 3}, set()),
        ({"low": 36, "high": 84, "voices": 2}, {"0.4.7:1", "0.4.7:2"}),
        ({"low": 36, "high": 84, "notes_per_second": 9}, set()),
        ({"low": 36, "high": 84, "notes_per_second": 8}, {"0.4.7:1", "0.4.7:2"}),
    ],
)
def test_a_word_fits_the_range_and_the_voices_or_is_not_said(
    settings: dict[str, int], left_out: set[str]
) -> None:
    _, possible = draw("E4:0.5", **settings)
    assert possible == set(WORDS) - left_out


@pytest.mark.parametrize(
    ("gap", "longest"), [(2.0, 2.0), (1.9, 1.0), (1.0, 1.0), (0.6, 0.5), (0.1, 0.5)]
)
def test_no_word_is_longer_than_the_longest_gap_but_one_is_always_left(
    gap: float, longest: float
) -> None:
    _, possible = draw("E4:0.5", gap=gap, low=36, high=84)
    assert max(float(word.split(":")[1]) for word in possible) == longest


def test_a_rule_of_ones_own_holds_for_each_pitch_of_a_word() -> None:
    _, possible = draw("E4:0.5", rules=[Without([60])], low=36, high=84)
    assert "C4:1" not in possible
    assert {"E4:0.5", "C6:1", "C2:1"} <= possible


@pytest.mark.parametrize(
    ("word", "low", "high", "moved"),
    [
        ("C4:1", 61, 90, 72),
        ("C4:1", 72, 90, 72),
        ("C4:1", 73, 90, 84),
        ("C4:1", 30, 59, 48),
        ("C4:1", 30, 48, 48),
        ("C4:1", 30, 47, 36),
        ("C4:1", 61, 65, 65),  # no C is there: the nearest that is, after the octave above
        ("C4:1", 55, 59, 55),
    ],
)
def test_where_no_word_fits_it_is_moved_by_octaves(
    word: str, low: int, high: int, moved: int
) -> None:
    notes, possible = draw(word, words=("C4:1", "C4:2"), low=low, high=high)
    assert pitches(notes) == [moved]
    assert possible == {"C4:1", "C4:2"}


def test_where_no_word_fits_the_voices_the_highest_are_played() -> None:
    whole, _ = draw("0.4.7:1", words=("0.4.7:1",), low=0, high=127, voices=4)
    two, _ = draw("0.4.7:1", words=("0.4.7:1",), low=0, high=127, voices=2)
    assert len(whole) == 3
    assert pitches(two) == pitches(whole)[1:]


def test_the_last_word_is_held_for_a_beat_and_others_as_long_as_they_say() -> None:
    for end, lasts in ((99.0, 0.5), (10.49, 1.0), (10.5, 0.5)):
        (note,), _ = draw("E4:0.5", end=end, low=36, high=84)
        assert note.duration == pytest.approx(lasts)
    notes, _ = draw("0.4.7:2", low=36, high=84, longest_note=1.5)
    assert [note.duration for note in notes] == [1.5] * 3


def test_notes_together_are_those_of_one_word() -> None:
    codec = SymbolsCodec(sorted(WORDS), lengths=LENGTHS)
    book = Book([codec.index["0.4.7:2"]] * 2)
    improviser = improviser_for(book, codec, PartnerSettings(low=36, high=84))
    place = Place(0, np.array(codec.start, np.int32), 10.0)
    rng = np.random.default_rng(0)
    three = list(improviser.together(place, [Without([60])], 3, rng))
    assert len(three) == 3
    assert {note.onset for note in three} == {10.0}
    assert {note.duration for note in three} == {2.0}  # not the last of a line: as it is
    assert pitches([*improviser.together(place, [], 2, rng)]) == pitches(three)[:2]
    assert codec.index["C4:1"] not in book.allowed[0]
    assert codec.index["0.4.7:2"] in book.allowed[1]


def notes_at(onsets: Sequence[float], velocity: int = 80) -> Any:
    return notes_to_array([Note(60, onset, 0.1, velocity) for onset in onsets])


def test_the_beat_is_that_of_the_cue() -> None:
    codec = SymbolsCodec(sorted(WORDS), lengths=LENGTHS)
    improviser = improviser_for(Book([]), codec, PartnerSettings())
    seed = notes_at([0.5 * beat for beat in range(16)])
    tuned = improviser.tuned(Cue(4.0, beats=Beats(0.35, 7.1)), seed)
    assert tuned.codec.beat == 0.35  # type: ignore[attr-defined]
    place = Place(0, np.array(codec.start, np.int32), 7.5)
    begin, end = tuned.span(place, 8.0, 4.0)
    assert (begin - 7.1) / 0.175 == pytest.approx(round((begin - 7.1) / 0.175))
    assert (end - begin) / 0.35 == pytest.approx(11.0, abs=0.1)


def test_an_answer_does_not_begin_with_the_short_word_that_it_follows() -> None:
    codec = SymbolsCodec(sorted((*WORDS, "D4:0.25")), lengths=(0.25, *LENGTHS))
    improviser = improviser_for(Book([]), codec, PartnerSettings())
    seed = notes_at([0.125 * number for number in range(65)])
    tuned = improviser.tuned(Cue(0.0, beats=Beats(0.5, 0.0001)), seed)  # a hair late
    place = Place(0, np.array([codec.index["D4:0.25"]], np.int32), 8.0)
    begin, _ = tuned.span(place, 8.0, 4.0)  # offline, at once
    assert begin == pytest.approx(8.25, abs=0.001)


def test_without_a_cue_the_beat_is_that_of_the_notes() -> None:
    codec = SymbolsCodec(sorted(WORDS), lengths=LENGTHS)
    improviser = improviser_for(Book([]), codec, PartnerSettings())
    old = [0.5 * beat for beat in range(400)]
    new = [300.0 + 0.35 * beat for beat in range(128)]
    beat = improviser.tuned(Cue(), notes_at([*old, *new])).codec.beat  # type: ignore[attr-defined]
    octaves = np.log2(beat / 0.35)  # an old tempo is forgotten
    assert octaves == pytest.approx(round(octaves), abs=0.01)
    assert improviser.tuned(Cue(), notes_at([1.0])).codec.beat == 0.5  # type: ignore[attr-defined]
