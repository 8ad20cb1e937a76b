"""Chords and their names."""

from __future__ import annotations

import pytest

from antiphon.music.note import Note, empty_notes, notes_to_array
from antiphon.music.pitch_sets import normal_order
from antiphon_training.harmony.chords import (
    chord_name,
    chord_symbol,
    chords_of,
    word_name,
)

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("pitches", "order", "name", "symbol"),
    [
        ((60, 64, 67), (0, 4, 7), "C-major triad", "C"),
        ((64, 67, 72), (0, 4, 7), "C-major triad", "C/E"),
        ((60, 63, 67, 70), (7, 10, 0, 3), "C-minor seventh chord", "Cm7"),
        ((58, 62, 65), (10, 2, 5), "Bb-major triad", "Bb"),
        ((59, 63, 66), (11, 3, 6), "B-major triad", "B"),
        ((60, 67), (7, 0), "Perfect Fourth above G", None),
        ((60,), (0,), "C", None),
    ],
)
def test_names(
    pitches: tuple[int, ...], order: tuple[int, ...], name: str, symbol: str | None
) -> None:
    assert normal_order(pitches) == order
    assert chord_name(pitches) == name
    assert chord_symbol(pitches) == symbol


def test_nothing_has_no_name() -> None:
    assert normal_order(()) == ()
    with pytest.raises(ValueError, match="a pitch at least"):
        chord_name(())


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("0.4.7", "C-major triad"),
        ("7.11.2:0.5", "G-major triad:0.5"),
        ("C4:1", "C4:1"),
        ("B-3", "B-3"),
    ],
)
def test_words_of_the_symbols_codec(word: str, name: str) -> None:
    assert word_name(word) == name


def test_chords_of_a_piece() -> None:
    notes = notes_to_array(
        [
            *(Note(pitch, 0.0 + 0.01 * i, 1.0, 64) for i, pitch in enumerate((60, 64, 67))),
            Note(48, 1.0, 1.0, 64), Note(60, 1.0, 1.0, 64), Note(67, 1.0, 1.0, 64),
            *(Note(pitch, 2.0, 1.0, 64) for pitch in (55, 59, 62, 65, 67)),
        ]
    )  # fmt: skip
    chords = chords_of(notes, span=0.04)
    assert [(c.onset, c.pitches, c.name) for c in chords] == [
        (0.0, (60, 64, 67), "C-major triad"),
        (2.0, (55, 59, 62, 65, 67), "G-dominant seventh chord"),
    ]
    assert chords_of(empty_notes(), span=0.04) == []
