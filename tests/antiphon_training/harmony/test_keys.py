"""Keys: the same as music21's own estimate, of a piece or of any notes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from antiphon.music.note import Note, empty_notes, notes_to_array
from antiphon_training.corpora.reading import read_notes
from antiphon_training.harmony.keys import estimate_key, rank_keys

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"


def scale(*pitches: int) -> list[Note]:
    return [Note(pitch, float(i), 1.0, 64) for i, pitch in enumerate(pitches)]


@pytest.mark.parametrize(
    ("pitches", "name"),
    [
        ((60, 62, 64, 65, 67, 69, 71, 60, 64, 67), "C major"),
        ((63, 65, 67, 68, 70, 72, 74, 63, 67, 70), "Eb major"),
        ((57, 59, 60, 62, 64, 65, 68, 57, 60, 64), "A minor"),
        ((61, 63, 64, 66, 68, 69, 72, 61, 64, 68), "C# minor"),
    ],
)
def test_scales_are_in_their_key(pitches: tuple[int, ...], name: str) -> None:
    key = estimate_key(notes_to_array(scale(*pitches)))
    assert key is not None
    assert key.name == name


def test_it_is_what_music21_says() -> None:
    from music21 import note, stream

    rng = np.random.default_rng(3)
    for _ in range(40):
        pitches, durations = rng.integers(36, 96, 30), rng.uniform(0.1, 2.0, 30)
        notes = notes_to_array(
            Note(int(p), float(i), float(d), 64)
            for i, (p, d) in enumerate(zip(pitches, durations, strict=True))
        )
        played = stream.Stream()
        for pitch, duration in zip(pitches.tolist(), durations.tolist(), strict=True):
            played.append(note.Note(pitch, quarterLength=duration))
        theirs = played.analyze("KrumhanslSchmuckler")
        mine = rank_keys(notes)
        assert (mine[0].tonic, mine[0].mode) == (theirs.tonic.pitchClass, theirs.mode)
        assert mine[0].correlation == pytest.approx(theirs.correlationCoefficient, abs=1e-6)
        assert len({(key.tonic, key.mode) for key in mine}) == 24


def test_a_piece_of_which_the_key_is_known() -> None:
    # Liszt's second Consolation is in E major.
    key = estimate_key(read_notes(MUSIC / "rolls" / "jr992cq7032.mid"))
    assert key is not None
    assert key.name == "E major"


def test_silence_and_the_whole_octave_have_no_key() -> None:
    assert estimate_key(empty_notes()) is None
    assert estimate_key(notes_to_array([Note(60, 0.0, None, 64)])) is None
    assert estimate_key(notes_to_array(scale(*range(60, 72)))) is None
