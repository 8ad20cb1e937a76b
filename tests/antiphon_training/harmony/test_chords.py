"""Chords and their names."""

from __future__ import annotations

import pytest

from antiphon.music.note import Note, empty_notes, notes_to_array
from antiphon_training.harmony.chords import (
    chord_name,
    chord_symbol,
    chords_of,
)

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("pitches", "name", "symbol"),
    [
        ((60, 64, 67), "C-major triad", "C"),
        ((64, 67, 72), "C-major triad", "C/E"),
        ((60, 63, 67, 70), "C-minor seventh chord", "Cm7"),
        ((58, 62, 65), "Bb-major triad", "Bb"),
        ((59, 63, 66), "B-major triad", "B"),
        ((60, 67), "Perfect Fourth above G", None),
        ((60,), "C", None),
    ],
)
def test_names(pitches: tuple[int, ...], name: str, symbol: str | None) -> None:
    assert chord_name(pitches) == name
    assert chord_symbol(pitches) == symbol


def test_nothing_has_no_name() -> None:
    with pytest.raises(ValueError, match="at least one pitch"):
        chord_name(())


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
