"""A corpus as tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.split import split_corpora
from antiphon_training.corpora.tables import files_table, notes_table

pytestmark = pytest.mark.train

SONGS = Path(__file__).parents[2] / "data" / "songs"


def test_a_line_a_file(cache: Path) -> None:
    corpus = load_corpus(SONGS, cache=cache)
    table = files_table(corpus)
    assert list(table.columns) == [
        "file", "composer", "title", "notes", "seconds", "lowest", "highest", "side",
    ]  # fmt: skip
    assert table["file"].tolist() == list(corpus.files)
    assert table["notes"].sum() == len(corpus.notes)
    assert table["seconds"].sum() == pytest.approx(corpus.seconds)
    assert table["side"].isna().all()
    assert (table["lowest"] <= table["highest"]).all()
    (split,) = split_corpora([corpus], 0.5)
    sides = files_table(corpus, split)["side"].tolist()
    for side in ("train", "valid", "heldout"):
        assert tuple(i for i, each in enumerate(sides) if each == side) == getattr(split, side)
    assert None not in sides


def test_a_line_a_note(cache: Path) -> None:
    corpus = load_corpus(SONGS, cache=cache)
    table = notes_table(corpus)
    assert list(table.columns) == ["file", "pitch", "step", "duration"]
    assert len(table) == len(corpus.notes)
    for index, file in enumerate(corpus.files):
        mine, piece = table[table["file"] == file], corpus.piece(index)
        assert mine["pitch"].tolist() == piece["pitch"].tolist()
        assert mine["step"].iloc[0] == 0.0
        np.testing.assert_allclose(mine["step"].cumsum(), piece["onset"] - piece["onset"][0])
        np.testing.assert_array_equal(mine["duration"], piece["duration"])
    alone = notes_table(corpus.piece(1))
    assert list(alone.columns) == ["pitch", "step", "duration"]
    assert len(notes_table(corpus.piece(1)[:0])) == 0
