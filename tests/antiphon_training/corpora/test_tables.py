"""A corpus as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.errors import UsageError
from antiphon.music.codecs.loudness import VELOCITY
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.split import split_corpora
from antiphon_training.corpora.tables import files_table, notes_table, table_notes

pytestmark = pytest.mark.train

COLUMNS = ["pitch", "start", "end", "step", "duration", "velocity"]
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
    assert list(table.columns) == ["file", *COLUMNS]
    assert len(table) == len(corpus.notes)
    for index, file in enumerate(corpus.files):
        mine, piece = table[table["file"] == file], corpus.piece(index)
        assert mine["pitch"].tolist() == piece["pitch"].tolist()
        assert mine["step"].iloc[0] == 0.0
        np.testing.assert_allclose(mine["step"].cumsum(), piece["onset"] - piece["onset"][0])
        np.testing.assert_array_equal(mine["duration"], piece["duration"])
    alone = notes_table(corpus.piece(1))
    assert list(alone.columns) == COLUMNS
    np.testing.assert_array_equal(alone["end"], alone["start"] + alone["duration"])
    assert alone["velocity"].tolist() == corpus.piece(1)["velocity"].tolist()
    assert len(notes_table(corpus.piece(1)[:0])) == 0


def test_a_table_becomes_the_same_notes(cache: Path) -> None:
    piece = load_corpus(SONGS, cache=cache).piece(0)
    assert len(piece) > 50
    table = notes_table(piece)
    np.testing.assert_array_equal(table_notes(table), piece)
    np.testing.assert_array_equal(table_notes(table.sample(frac=1.0, random_state=1)), piece)
    ends = table_notes(table.drop(columns=["duration"]))
    np.testing.assert_allclose(ends["duration"], piece["duration"])


def test_a_table_of_three_columns_is_enough() -> None:
    import pandas as pd

    table = pd.DataFrame({"pitch": [60, 64], "step": [0.0, 0.5], "duration": [1.0, 2.0]})
    notes = table_notes(table)
    assert notes.tolist() == [(60, 0.0, 1.0, VELOCITY), (64, 0.5, 2.0, VELOCITY)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"step": [0.0], "duration": [1.0]}, "need a column pitch; this table has step, duration"),
        ({"pitch": [60], "duration": [1.0]}, "need a column start or step"),
        ({"pitch": [60], "step": [0.0]}, "need a column duration or end"),
        ({"pitch": [60], "step": [0.0], "end": [1.0]}, "need a column start"),
        (
            {"pitch": [60, 128], "step": [0, 0], "duration": [1, 1]},
            "Row 1 of the notes has a pitch",
        ),
        ({"pitch": [60], "step": [0.0], "duration": [-1.0]}, "has a duration that no note"),
        ({"pitch": [60], "step": [np.nan], "duration": [1.0]}, "has a start that no note"),
        ({"pitch": [60], "step": [0], "duration": [1], "velocity": [0]}, "has a velocity"),
    ],
)
def test_a_table_that_is_none_of_notes_is_told_why(columns: dict[str, Any], said: str) -> None:
    import pandas as pd

    with pytest.raises(UsageError, match=said):
        table_notes(pd.DataFrame(columns))
