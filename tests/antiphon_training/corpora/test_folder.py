"""Which files a corpus is made of, and what is told of the others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from antiphon.errors import CorpusError
from antiphon_training.corpora.folder import Defect, list_files

if TYPE_CHECKING:
    from pathlib import Path

WHOLE, APART = "\u00e9", "e\u0301"


def touch(folder: Path, *files: str) -> Path:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def test_names_are_in_the_same_order_on_every_system(tmp_path: Path) -> None:
    orders = []
    for accent in (WHOLE, APART):
        folder = touch(tmp_path / accent, f"{accent}.mid", "f.mid", "z/a.mid", "Z.mid", "d.MID")
        orders.append([file.replace(APART, WHOLE) for file in list_files(folder).files])
    assert orders[0] == orders[1] == ["Z.mid", "d.MID", "f.mid", "z/a.mid", f"{WHOLE}.mid"]


def test_what_is_no_music_is_counted_by_suffix(tmp_path: Path) -> None:
    touch(tmp_path, "a.mid", "b.pdf", "c.PDF", "d.mp3", "LICENSE", "manifest.tsv", "x/e.pdf")
    listing = list_files(tmp_path)
    assert listing.files == ("a.mid",)
    assert listing.other == {".pdf": 3, ".mp3": 1}
    assert listing.name == tmp_path.name


def test_links_and_other_things_are_told(tmp_path: Path) -> None:
    touch(tmp_path, "a.mid")
    (tmp_path / "gone.mid").symlink_to(tmp_path / "nowhere.mid")
    (tmp_path / "linked.mid").symlink_to(tmp_path / "a.mid")
    os.mkfifo(tmp_path / "pipe.mid")
    (tmp_path / "folder.mid").mkdir()
    listing = list_files(tmp_path)
    assert listing.files == ("a.mid", "linked.mid")
    assert set(listing.unreadable) == {
        Defect("gone.mid", "is a broken link"), Defect("pipe.mid", "is no file"),
    }  # fmt: skip


def test_folders_behind_links_are_read_by_their_own_names_first(tmp_path: Path) -> None:
    touch(tmp_path / "outside", "far/b.mid")
    folder = touch(tmp_path / "corpus", "z/a.mid")
    (folder / "first").symlink_to(folder / "z")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (tmp_path / "outside" / "loop").symlink_to(folder)
    listing = list_files(folder)
    assert listing.files == ("linked/far/b.mid", "z/a.mid")
    assert listing.unreadable == tuple(
        Defect(name, "is a link to a folder that is read already")
        for name in ("first", "linked/loop")
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    touch(tmp_path, "a.mid", "secret/b.mid")
    (tmp_path / "secret").chmod(0)
    try:
        assert list_files(tmp_path).unreadable == (
            Defect("secret", "cannot be opened: permission denied"),
        )
    finally:
        (tmp_path / "secret").chmod(0o700)


@pytest.mark.train
@pytest.mark.parametrize("name", ["music21:bahc", "music21:", "music21:../bach"])
def test_music21_has_no_such_corpus(name: str) -> None:
    with pytest.raises(CorpusError, match="music21 has no corpus"):
        list_files(name)


@pytest.mark.train
def test_music21_has_bach() -> None:
    listing = list_files("music21:bach")
    assert listing.name == "music21:bach"
    assert len(listing.files) > 300
