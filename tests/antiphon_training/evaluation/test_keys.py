"""Keys: estimated by music21, compared by mir_eval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon_training.evaluation.keys import NO_KEY, estimated_key, key_agreement
from antiphon_training.harmony.keys import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.music.note import NoteArray
    from antiphon_training.harmony.keys import Mode

    Make = Callable[..., NoteArray]

pytestmark = pytest.mark.train

C_MAJOR = [60, 62, 64, 65, 67, 69, 71, 72, 64, 67, 60]


@pytest.mark.parametrize(("up", "key"), [(0, "C major"), (6, "F# major"), (10, "Bb major")])
def test_a_scale_and_its_chord_tell_a_key(make: Make, up: int, key: str) -> None:
    assert estimated_key(make([pitch + up for pitch in C_MAJOR])) == key


def test_what_sounds_long_counts(make: Make) -> None:
    pitches = [57, 60, 64, 60, 62, 64, 65, 67, 69, 71]
    assert estimated_key(make(pitches, 0.5, [8.0, 4.0, 4.0, *[0.1] * 7])) == "A minor"


def test_silence_has_no_key(make: Make) -> None:
    assert estimated_key(make([])) == NO_KEY
    assert key_agreement("C major", NO_KEY) == 0.0
    assert key_agreement(NO_KEY, NO_KEY) == 1.0


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_name_of_a_key_is_understood(mode: Mode) -> None:
    for tonic in range(12):
        name = Key(tonic, mode, 1.0).name
        fifth = Key((tonic + 7) % 12, mode, 1.0).name
        assert key_agreement(name, fifth) == 0.5


def test_keys_agree_as_mirex_has_it() -> None:
    pairs = {"C major": 1.0, "G major": 0.5, "A minor": 0.3, "C minor": 0.2, "F# major": 0.0}
    assert {other: key_agreement("C major", other) for other in pairs} == pairs
