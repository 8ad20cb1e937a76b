"""An answer in words swings as the player does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from antiphon.music.codecs.registry import codec_from_table
from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon.music.swing import Swing
from antiphon.partner import PartnerSettings
from antiphon.partner.line.cue import Cue
from antiphon.partner.line.improviser import improviser_for
from antiphon.partner.line.line import Line
from antiphon.partner.line.reading import place_after
from antiphon.partner.line.tuning import tuned_to
from antiphon.partner.line.words import WordImproviser
from antiphon.partner.listening.beats import Beats
from antiphon.partner.listening.settings import GrooveSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTHS = (0.25, 1 / 3, 0.5, 1.0)
WORDS = SymbolsCodec([f"C4:{name}" for name in ("0.25", "0.333333", "0.5", "1")], lengths=LENGTHS)
BEAT = 0.4
HEARD = Cue(beats=Beats(BEAT, 2.0), swing=Swing(1.5, BEAT, 2.0))


class Book:
    """An instrument that says what is written, again and again."""

    window = 32

    def __init__(self, words: Sequence[int]) -> None:
        self.words, self.read_rows = list(words), np.empty((0, 1), np.int32)
        self.said = 0

    def initial_state(self) -> int:
        return 0

    def prime(self, state: int, classes: Any) -> int:
        self.read_rows = classes
        return state + len(classes)

    def step(self, ask: Any) -> Any:
        word = self.words[self.said % len(self.words)]
        self.said += 1
        return Said(np.array([word]), np.zeros(1, np.float32), ask.state + 1)


class Said:
    def __init__(self, classes: Any, within: Any, state: int) -> None:
        self.classes, self.within, self.state = classes, within, state


def seed(second: float) -> NoteArray:
    places = [beat + part for beat in range(12) for part in (0.0, second)]
    return notes_to_array(Note(60, 2.0 + BEAT * place, 0.1, 80) for place in places)


def answered(words: Sequence[float], cue: Cue, second: float) -> tuple[list[str], list[float]]:
    """Return the words that are read of a seed, and where in beats the notes of the answer lie."""
    book = Book([LENGTHS.index(length) for length in words])
    limits = PartnerSettings(shortest=0.1)
    tuned, place = place_after(improviser_for(book, WORDS, limits), seed(second), cue)
    line = Line(tuned, place, 2.0 + 12 * BEAT, 8 * BEAT, np.random.default_rng(0))
    while not line.finished:
        line.draw(-np.inf)
    rows = [*book.read_rows[1:, 0].tolist(), int(place.row[0])]
    return [WORDS.words[row] for row in rows], [(n.onset - 2.0) / BEAT for n in line.take()]


def test_swung_eighths_are_read_as_eighths_and_the_answer_is_swung() -> None:
    words, onsets = answered([0.5], HEARD, 0.6)
    assert words == ["C4:0.5"] * 23 + ["C4:0.25"]
    assert len(onsets) == 16
    assert onsets == pytest.approx([12 + n // 2 + 0.6 * (n % 2) for n in range(16)])


def test_straight_eighths_are_answered_straight() -> None:
    words, onsets = answered([0.5], Cue(beats=HEARD.beats), 0.5)
    assert words == ["C4:0.5"] * 23 + ["C4:0.25"]
    assert onsets == pytest.approx([12 + n / 2 for n in range(16)])


def test_sixteenths_and_triplets_of_an_answer_are_even() -> None:
    _, onsets = answered([1.0, 0.5, 0.25, 0.25, 1 / 3, 1 / 3, 1 / 3], HEARD, 0.6)
    one = [0.0, 1.0, 1.5, 1.75, 2.0, 2 + 1 / 3, 2 + 2 / 3]
    assert onsets[:14] == pytest.approx([12 + 3 * n + place for n in (0, 1) for place in one])


def test_swung_sixteenths_of_an_answer() -> None:
    heard = Cue(beats=HEARD.beats, swing=Swing(1.5, BEAT, 2.0, "sixteenths"))
    words, onsets = answered([0.25], heard, 0.5)
    assert words == ["C4:0.5"] * 23 + ["C4:0.25"]
    assert len(onsets) == 32
    assert onsets == pytest.approx([12 + n // 2 / 2 + 0.3 * (n % 2) for n in range(32)])


def test_a_codec_that_takes_swing_as_written() -> None:
    plain = SymbolsCodec(WORDS.words, lengths=LENGTHS, swings=False)
    codec = tuned_to(plain, seed(2 / 3))
    assert isinstance(codec, SymbolsCodec)
    assert codec.swing is None
    known = codec_from_table(plain.table())
    assert isinstance(known, SymbolsCodec)
    assert not known.swings
    assert "swing" not in WORDS.table()
    assert "swing" not in codec_from_table(WORDS.table()).table()
    notes = seed(2 / 3)
    notes["onset"] = (notes["onset"] - 2.0) / BEAT
    straight, written = ({*codec.counts([notes])} for codec in (WORDS, known))
    assert straight == {"C4:0.5", "C4:0.25"}
    assert {"C4:0.333333"} < written


def test_a_swing_that_is_off_is_off_where_the_beats_come_from_more_than_the_phrase() -> None:
    notes = seed(0.6)
    off = Cue(asked=GrooveSettings(swing="off"))
    for cue, swings in ((Cue(), True), (off, False)):
        improviser = improviser_for(Book([0]), WORDS, PartnerSettings())
        assert isinstance(improviser, WordImproviser)
        assert (improviser.tuned(cue, notes).codec.swing is not None) == swings


def test_a_swung_note_sounds_until_the_next() -> None:
    book = Book([LENGTHS.index(0.5)])
    tuned, place = place_after(improviser_for(book, WORDS, PartnerSettings()), seed(0.6), HEARD)
    line = Line(tuned, place, 2.0 + 12 * BEAT, 8 * BEAT, np.random.default_rng(0))
    line.draw(-np.inf)
    line.draw(-np.inf)
    long, short = line.take()
    assert (long.duration, short.duration) == pytest.approx((0.6 * BEAT, 0.4 * BEAT))


def test_a_codec_tuned_to_notes_reads_and_writes_their_swing() -> None:
    notes = seed(2 / 3)
    codec = tuned_to(WORDS, notes)
    assert isinstance(codec, SymbolsCodec)
    assert codec.swing is not None
    assert codec.swing.ratio == pytest.approx(2.0, rel=0.05)
    rows = codec.encode(notes)
    assert [WORDS.words[row] for row in rows[:-1, 0]] == ["C4:0.5"] * 23
    again = codec.decode(rows, np.zeros(rows.shape), 2.0)
    assert again["onset"][:-1] == pytest.approx(notes["onset"][:-1], abs=0.01)
    assert np.array_equal(codec.encode(again)[:-1], rows[:-1])
