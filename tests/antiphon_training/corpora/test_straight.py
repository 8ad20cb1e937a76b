"""Straight music is read as the same words as without what is known of swing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from antiphon.music.codecs.words import Metre
from antiphon_training.corpora.reading import read_notes

DATA = Path(__file__).parents[2] / "data"
FILES = sorted([*DATA.glob("songs/*.mid"), *DATA.glob("rolls/*.mid")])
METRE = Metre(lengths=(0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0))


@pytest.mark.train
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_samples_are_straight(path: Path) -> None:
    notes = read_notes(path, time="beats")
    keys = METRE.keys(notes)
    assert len(keys) > 20
    assert METRE.swing(notes) is None
    assert np.array_equal(METRE.keys(notes, swing=METRE.swing(notes)), keys)


def test_there_are_samples() -> None:
    assert len(FILES) >= 5
