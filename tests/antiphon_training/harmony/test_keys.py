"""Keys of scales, of a piece that leaves its key, and of pieces whose key is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon.music.note import Note, empty_notes, notes_to_array
from antiphon_training.harmony.keys import estimate_key, rank_keys

MUSIC = Path(__file__).parents[2] / "data"

THEME = (73, 74, 73, 76, 76, 71, 73, 71, 74, 74, 69, 69, 71, 71, 73, 76, 74, 73, 71)
"""The theme of Mozart's sonata K. 331: its half close is in A major, not in E."""

TRIADS = ((0, 4, 7), (5, 9, 0), (7, 11, 2), (0, 4, 7))


def scale(*pitches: int) -> list[Note]:
    return [Note(pitch, float(i), 1.0, 64) for i, pitch in enumerate(pitches)]


def cadences(tonic: int, count: int, since: float) -> list[Note]:
    return [
        Note(60 + (tonic + degree) % 12, since + 4.0 * n + beat, 1.0, 64)
        for n in range(count)
        for beat, triad in enumerate(TRIADS)
        for degree in triad
    ]


@pytest.mark.parametrize(
    ("pitches", "name"),
    [
        ((60, 62, 64, 65, 67, 69, 71, 60, 64, 67), "C major"),
        ((63, 65, 67, 68, 70, 72, 74, 63, 67, 70), "Eb major"),
        ((57, 59, 60, 62, 64, 65, 68, 57, 60, 64), "A minor"),
        ((61, 63, 64, 66, 68, 69, 72, 61, 64, 68), "C# minor"),
        ((62, 64, 65, 67, 69, 70, 72, 62, 65, 69), "D minor"),  # a natural seventh
        (THEME, "A major"),
    ],
)
def test_scales_are_in_their_key(pitches: tuple[int, ...], name: str) -> None:
    key = estimate_key(notes_to_array(scale(*pitches)))
    assert key is not None
    assert key.name == name


@pytest.mark.parametrize("tonic", range(12))
def test_a_piece_is_in_the_key_that_it_begins_and_ends_in(tonic: int) -> None:
    """Although most of it is in the key of the dominant."""
    there, back = cadences(tonic + 7, 6, 16.0), cadences(tonic, 1, 40.0)
    keys = rank_keys(notes_to_array([*cadences(tonic, 4, 0.0), *there, *back]))
    assert (keys[0].tonic, keys[0].mode) == (tonic, "major")
    assert len({(key.tonic, key.mode) for key in keys}) == 24
    assert [key.fit for key in keys] == sorted((key.fit for key in keys), reverse=True)


@pytest.mark.train
@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("rolls/jr992cq7032.mid", "E major"),  # Liszt, second Consolation
        ("songs/lc6019054.mid", "F minor"),
    ],
)
def test_pieces_of_which_the_key_is_known(file: str, name: str) -> None:
    from antiphon_training.corpora.reading import read_notes

    key = estimate_key(read_notes(MUSIC / file))
    assert key is not None
    assert key.name == name


def test_silence_and_the_whole_octave_have_no_key() -> None:
    assert estimate_key(empty_notes()) is None
    assert estimate_key(notes_to_array([Note(60, 0.0, None, 64)])) is None
    assert estimate_key(notes_to_array(scale(*range(60, 72)))) is None
