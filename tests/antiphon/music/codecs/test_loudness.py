"""An answer is as loud as the player."""

from __future__ import annotations

import pytest

from antiphon.music.codecs.loudness import typical_velocity
from antiphon.music.note import Note, empty_notes, notes_to_array


@pytest.mark.parametrize(
    ("velocities", "typical"),
    [((1, 1), 1), ((127, 127, 127), 127), ((20, 90, 60), 60), ((127, 10, 11, 12), 11)],
)
def test_the_median_of_what_was_played_from_the_softest_to_the_loudest(
    velocities: tuple[int, ...], typical: int
) -> None:
    notes = notes_to_array(Note(60, float(i), 0.5, each) for i, each in enumerate(velocities))
    assert typical_velocity(notes) == typical


def test_before_anything_was_played() -> None:
    assert typical_velocity(empty_notes()) == 80
    assert typical_velocity(empty_notes(), 33) == 33
