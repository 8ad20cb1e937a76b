"""Splits: by piece, across corpora, the same every time."""

from __future__ import annotations

from dataclasses import replace
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


def test_files_of_one_piece_are_on_the_same_side(tmp_path: Path) -> None:
    rolls, scores = many(tmp_path / "a", 200), many(tmp_path / "b", 200)
    rows = "".join(f"{i:03}.mid\tg{i // 4}\n" for i in range(200))
    for folder in (tmp_path / "a", tmp_path / "b"):
        (folder / "manifest.tsv").write_text("file\tpiece_group\n" + rows)
    first, second = split_corpora([rolls, scores], 0.3)
    assert first == second
    assert len(first.valid) % 4 == 0
    assert first.valid


def test_names_with_accents_are_the_same_on_every_system(tmp_path: Path) -> None:
    # One system keeps "é" whole, another takes it apart: the split must not care.
    whole, apart = "Pr\u00e9lude.mid", "Pre\u0301lude.mid"
    splits = []
    for folder, name in ((tmp_path / "1" / "a", whole), (tmp_path / "2" / "a", apart)):
        folder.mkdir(parents=True)
        (folder / "heldout.txt").write_text("E\u0301tude.mid\n", encoding="utf-8")
        (folder / "manifest.tsv").write_text(f"file\tpiece_group\n{whole}\tg1\n", encoding="utf-8")
        one = corpus(folder, *(f"{i:02}{name}" for i in range(20)), name, "\u00c9tude.mid")
        splits.append([split_corpora([one], share)[0] for share in (0.2, 0.5, 0.8)])
        assert splits[-1][0].heldout == (21,)
        assert missing_heldout(one) == []
    assert splits[0] == splits[1]


def test_a_corpus_is_believed_of_its_own_files_and_others_follow(tmp_path: Path) -> None:
    maestro = corpus(tmp_path / "a", "x.mid", "y.mid", "z.mid")
    maestro = replace(maestro, own_split=("train", "valid", "heldout"), groups=("gx", "gy", "gz"))
    scores = corpus(tmp_path / "b", "1.mid", "2.mid", "3.mid")
    scores = replace(scores, groups=("gx", "gy", "gz"))
    for share in (0.0, 1.0):
        first, second = split_corpora([maestro, scores], share)
        assert (first.train, first.valid, first.heldout) == ((0,), (1,), (2,))
        assert (second.train, second.valid, second.heldout) == ((0,), (1,), ())


def test_what_a_list_holds_out_no_corpus_trains_on(tmp_path: Path) -> None:
    maestro = replace(corpus(tmp_path / "a", "x.mid"), own_split=("train",), groups=("g",))
    scores = replace(corpus(tmp_path / "b", "1.mid"), groups=("g",))
    (tmp_path / "b" / "heldout.txt").write_text("1.mid\n")
    first, second = split_corpora([maestro, scores], 0.5)
    assert (first.train, first.valid, first.heldout) == ((), (), ())
    assert second.heldout == (0,)


def test_a_list_in_another_coding_is_a_sentence(tmp_path: Path) -> None:
    one = corpus(tmp_path / "a", "one.mid")
    (tmp_path / "a" / "heldout.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"heldout\.txt cannot be read as text"):
        split_corpora([one], 0.0)


@pytest.mark.parametrize("share", [1e-6, 0.5, 1.0 - 1e-9])
def test_a_handful_of_files_leaves_something_on_either_side(tmp_path: Path, share: float) -> None:
    corpora = [many(tmp_path / "a", 2), many(tmp_path / "b", 3)]
    splits = split_corpora(corpora, share)
    assert any(split.train for split in splits)
    assert any(split.valid for split in splits)
    assert sum(len(split.train) + len(split.valid) for split in splits) == 5
    assert splits == split_corpora(corpora, share)


def test_a_single_piece_cannot_be_split(tmp_path: Path) -> None:
    (split,) = split_corpora([many(tmp_path / "a", 1)], 1e-6)
    assert (split.train, split.valid) == ((0,), ())
