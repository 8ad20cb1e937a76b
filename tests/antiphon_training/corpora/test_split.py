"""Splits: by piece, across corpora, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import CorpusError
from antiphon.music.note import Note, notes_to_array
from antiphon_training.corpora.corpus import Corpus
from antiphon_training.corpora.split import missing_heldout, split_corpora

if TYPE_CHECKING:
    from pathlib import Path


def corpus(folder: Path, *files: str) -> Corpus:
    """Return a corpus of one note a file."""
    folder.mkdir(exist_ok=True)
    notes = notes_to_array([Note(60, float(i), 1.0, 64) for i in range(len(files))])
    bounds = np.arange(len(files) + 1, dtype=np.int64)
    return Corpus(folder.name, folder, files, notes, bounds, ())


def many(folder: Path, count: int = 400) -> Corpus:
    return corpus(folder, *(f"{i:03}.mid" for i in range(count)))


PINNED = (8, 13, 15, 18, 25, 37)


def test_every_file_is_on_one_side(tmp_path: Path) -> None:
    (split,) = split_corpora([many(tmp_path / "a")], 0.1)
    assert sorted(split.train + split.valid) == list(range(400))
    assert 20 <= len(split.valid) <= 60
    assert split.heldout == ()


def test_the_split_is_the_same_for_ever(tmp_path: Path) -> None:
    # Pinned: a run is only resumed, and a figure only compared, with the same split.
    (split,) = split_corpora([many(tmp_path / "a", 40)], 0.1)
    assert split.valid == PINNED
    again = split_corpora([many(tmp_path / "b", 7), many(tmp_path / "a", 40)], 0.1)
    assert again[1] == split


def test_what_is_listed_is_held_out(tmp_path: Path) -> None:
    listed = corpus(tmp_path / "a", "one.mid", "two.mid", "three.mid")
    (tmp_path / "a" / "heldout.txt").write_text("\ufefftwo.mid\r\n\nfour.mid\n", encoding="utf-8")
    (split,) = split_corpora([listed], 0.0)
    assert split.heldout == (1,)
    assert split.train == (0, 2)
    assert missing_heldout(listed) == ["four.mid"]


def test_a_piece_that_is_held_out_anywhere_is_learned_from_nowhere(tmp_path: Path) -> None:
    rolls, scores = corpus(tmp_path / "a", "x.mid", "y.mid"), corpus(tmp_path / "b", "z.mid")
    (tmp_path / "a" / "manifest.tsv").write_text("file\tpiece_group\nx.mid\tg1\ny.mid\tg2\n")
    (tmp_path / "b" / "manifest.tsv").write_text('file\tpiece_group\tnote\nz.mid\tg1\t"quoted\n')
    (tmp_path / "a" / "heldout.txt").write_text("x.mid\n")
    first, second = split_corpora([rolls, scores], 0.0)
    assert (first.train, first.heldout) == ((1,), (0,))
    assert (second.train, second.valid, second.heldout) == ((), (), ())


def test_files_of_one_piece_are_watched_together(tmp_path: Path) -> None:
    rolls, scores = many(tmp_path / "a", 200), many(tmp_path / "b", 200)
    rows = "".join(f"{i:03}.mid\tg{i // 4}\n" for i in range(200))
    for folder in (tmp_path / "a", tmp_path / "b"):
        (folder / "manifest.tsv").write_text("file\tpiece_group\n" + rows)
    first, second = split_corpora([rolls, scores], 0.3)
    assert first == second
    assert len(first.valid) % 4 == 0
    assert first.valid


def test_a_list_in_another_coding_is_a_sentence(tmp_path: Path) -> None:
    one = corpus(tmp_path / "a", "one.mid")
    (tmp_path / "a" / "heldout.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"heldout\.txt cannot be read as text"):
        split_corpora([one], 0.0)
