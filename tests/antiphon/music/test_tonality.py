"""The key of notes. Pitch classes 0 for C to 11."""

from __future__ import annotations

import numpy as np
import pytest

from antiphon.music.note import Note, NoteArray, empty_notes, notes_to_array
from antiphon.music.tonality import MAJOR, tonality_of, tone_shares, weight

MAJOR_TUNE = (0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 5, 2, 0)
MINOR_TUNE = (0, 2, 3, 5, 7, 8, 7, 5, 3, 10, 2, 0)
"""A song in natural minor: its seventh degree is not raised."""


def played(tune: tuple[int, ...], tonic: int) -> NoteArray:
    return notes_to_array(Note(60 + tonic + step, i * 0.3, 0.25, 64) for i, step in enumerate(tune))


def key_of(notes: NoteArray, phrase: NoteArray) -> tuple[int, bool] | None:
    """The tonic, and whether the key is minor; None where none is clear."""
    found = tonality_of(notes, phrase)
    return (found.tonic, found.minor) if found is not None and found.triad else None


@pytest.mark.parametrize("tonic", range(12))
def test_a_tune_is_in_its_key(tonic: int) -> None:
    major, minor = played(MAJOR_TUNE, tonic), played(MINOR_TUNE, tonic)
    assert key_of(major, major) == (tonic, False)
    assert key_of(minor, minor) == (tonic, True)
    found = tonality_of(minor, minor)
    assert found is not None
    assert found.triad == (tonic, (tonic + 3) % 12, (tonic + 7) % 12)


def test_where_the_phrase_begins_and_ends_parts_a_key_from_its_relative() -> None:
    notes = played((0, 4, 7, 9, 12, 9, 7, 4, 2, 9), 0)
    from_a = notes[notes["pitch"] == 69]
    from_c = notes[notes["pitch"] == 60]
    assert key_of(notes, from_c) == (0, False)
    assert key_of(notes, from_a) == (9, True)


def test_no_key_is_heard_in_nothing_in_all_tones_or_in_noise() -> None:
    assert key_of(empty_notes(), empty_notes()) is None
    chromatic = played(tuple(range(12)), 0)
    assert tonality_of(chromatic[:0], chromatic) is None
    tritones = played((0, 6, 1, 7, 0, 6, 1, 7), 3)
    found = tonality_of(tritones, tritones)
    assert found is not None
    assert found.triad == ()


def test_what_is_held_counts() -> None:
    notes = played(MAJOR_TUNE, 5)
    notes["duration"][-1] = np.nan
    assert key_of(notes, notes) == (5, False)


def test_the_tonality_tells_how_much_of_each_tone_there_is() -> None:
    notes = played((0, 0, 7, 4), 2)
    found = tonality_of(notes, notes)
    assert found is not None
    assert (found.tonic, found.minor) == (2, False)
    assert found.shares[[2, 6, 9]] == pytest.approx([0.5, 0.25, 0.25])
    assert tone_shares(notes) == pytest.approx(found.shares)
    assert found.profile[2] == MAJOR[0]
    assert found.profile.sum() == pytest.approx(1.0, abs=0.01)
    notes["duration"] = 0.0
    assert tonality_of(notes, notes) is None
    assert not tone_shares(notes).any()


def test_a_longer_note_counts_for_more_but_a_drone_is_one_note() -> None:
    assert weight(0.25) == 0.5
    assert weight(1.0) == 1.0
    assert weight(60.0) == weight(2.0)
    assert weight(None) == weight(0.5)
