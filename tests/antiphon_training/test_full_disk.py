"""A full disk leaves what was there as it was, and nothing half, whatever is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.compose import Composition
from antiphon.errors import AntiphonError
from antiphon.music.note import Note, empty_notes, notes_to_array
from antiphon_training.notation.writing import write_musicxml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.train  # its commands are those of antiphon[train]


def a_score(path: Path) -> None:
    notes = notes_to_array([Note(60 + index % 12, index / 2, 0.5, 64) for index in range(400)])
    write_musicxml(path)(Composition("Long", notes, empty_notes()))


def a_picture(path: Path) -> None:
    from antiphon_training.plots.drawing import heading, new_figure, save

    figure = new_figure(8, 6)
    heading(figure, "Noise")
    figure.subplots().imshow(np.random.default_rng(1).random((200, 200)))
    save(figure, path)


def values_of_a_run(path: Path) -> None:
    from antiphon_training.fitting.run_folder import write_json

    write_json(path, list(range(50_000)))


@pytest.mark.parametrize(
    ("write", "name", "error"),
    [
        (a_score, "old.musicxml", AntiphonError),
        (a_picture, "old.png", AntiphonError),
        (values_of_a_run, "old.json", OSError),
    ],
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    full_disk: Path, write: Callable[[Path], None], name: str, error: type[Exception]
) -> None:
    path = full_disk / name
    path.write_text("old")
    there = sorted(entry.name for entry in full_disk.iterdir())
    with pytest.raises(error, match="No space left"):
        write(path)
    assert path.read_text() == "old"
    assert sorted(entry.name for entry in full_disk.iterdir()) == there
