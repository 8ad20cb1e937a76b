"""Notes, alone and in arrays."""

from __future__ import annotations

import math
from typing import Any

import pytest

from antiphon.music.note import NOTE_DTYPE, Note, array_to_notes, empty_notes, notes_to_array


def test_a_note_knows_its_end() -> None:
    assert Note(60, 1.0, 0.5, 64).end == 1.5
    assert Note(60, 1.0, None, 64).end is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"pitch": 128},
        {"pitch": -1},
        {"velocity": 0},
        {"velocity": 128},
        {"duration": -0.1},
        {"duration": math.nan},
        {"onset": math.inf},
        {"onset": math.nan},
    ],
)
def test_values_that_no_note_can_have(wrong: dict[str, Any]) -> None:
    values = {"pitch": 60, "onset": 0.0, "duration": 1.0, "velocity": 64, **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Note(**values)


def test_arrays_are_sorted_and_come_back() -> None:
    notes = [Note(64, 1.0, None, 3), Note(60, 1.0, 0.5, 2), Note(70, 0.0, 0.5, 1)]
    array = notes_to_array(notes)
    assert array.dtype == NOTE_DTYPE
    assert array_to_notes(array) == [notes[2], notes[1], notes[0]]


def test_no_notes() -> None:
    assert array_to_notes(notes_to_array([])) == []
    assert empty_notes(3).tolist() == [(0, 0.0, 0.0, 0)] * 3
