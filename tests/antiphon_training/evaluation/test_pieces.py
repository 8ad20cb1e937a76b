"""Which files are read, and what a baseline may learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from antiphon.errors import CorpusError
from antiphon.music.midiwrite import write_midi
from antiphon.music.symbols import SymbolsCodec
from antiphon_training.evaluation.pieces import (
    FileNotes,
    chosen_files,
    learning_corpora,
    outside_vocabulary,
    read_pieces,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]


def test_files_are_those_listed_or_all(tmp_path: Path) -> None:
    for name in ("a.mid", "b.MIDI", "c.txt"):
        (tmp_path / name).touch()
    assert chosen_files(tmp_path, None) == ["a.mid", "b.MIDI"]
    listed = tmp_path / "some.txt"
    listed.write_text("\n b.MIDI \n\n")
    assert chosen_files(tmp_path, listed) == ["b.MIDI"]
    (tmp_path / "heldout.txt").write_text("a.mid\n")
    assert chosen_files(tmp_path, None) == ["a.mid"]


def test_lists_and_folders_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        chosen_files(tmp_path / "gone", None)
    with pytest.raises(CorpusError, match="no list"):
        chosen_files(tmp_path, tmp_path / "gone.txt")
    with pytest.raises(CorpusError, match=r"any \.mid"):
        chosen_files(tmp_path, None)
    (tmp_path / "heldout.txt").write_text("gone.mid\n")
    with pytest.raises(CorpusError, match="does not hold gone"):
        chosen_files(tmp_path, None)


def test_classes_are_in_the_codecs_own_time(tmp_path: Path, make: Make, tiny: Predictor) -> None:
    write_midi(tmp_path / "a.mid", [("Piano", 0, 0, make([60, 62, 64, 65], 0.5, 0.5))])
    (performed,), defects = read_pieces(tmp_path, ["a.mid"], tiny.codec)
    assert defects == []
    assert performed[:, 0].tolist() == [60, 62, 64, 65]
    assert performed[1, 1] == tiny.codec.time_class(0.5)  # type: ignore[attr-defined]
    # 120 beats a minute, as files have it where nothing is said: each lasts a beat
    codec = SymbolsCodec(["C4:1", "D4:1", "E4:0.5", "F4:1"], lengths=(0.5, 1.0))
    (words,), _ = read_pieces(tmp_path, ["a.mid"], codec)
    assert words[:, 0].tolist() == [0, 1, 3]


def test_words_outside_of_the_vocabulary_are_counted(make: Make, tiny: Predictor) -> None:
    codec = SymbolsCodec(["C4", "D4", "0.4.7"])
    chord = make([60, 64, 67, 60, 62, 61, 50], [0, 0, 0, 1, 2, 3, 4], 1.0)
    found = outside_vocabulary(codec, [FileNotes("a", chord), FileNotes("b", chord[:4])])
    assert found is not None
    assert (found.words, found.outside) == (5 + 2, 2)
    assert found.share == pytest.approx(2 / 7)
    assert outside_vocabulary(tiny.codec, []) is None


def test_a_baseline_learns_nothing_that_is_evaluated(
    tmp_path: Path, cache: Path, tune: Make, tiny: Predictor
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    sizes = {"here/a": 20, "here/b": 21, "there/c": 22, "there/d": 23, "there/e": 24}
    for folder in (here, there):
        folder.mkdir()
    for name, size in sizes.items():
        write_midi(tmp_path / f"{name}.mid", [("Piano", 0, 0, tune(size))])

    def learned(*folders: Path, files: list[str]) -> list[int]:
        pieces = learning_corpora(folders, (here, files), tiny.card, tiny.codec, cache)
        return sorted(map(len, pieces))

    assert learned(here, files=["a.mid"]) == [21]
    assert learned(here, there, files=["a.mid"]) == [21, 22, 23, 24]
    (there / "heldout.txt").write_text("d.mid\n")
    assert learned(there, files=["a.mid"]) == [22, 24]
    # a is held out here, and c is the same piece
    (here / "heldout.txt").write_text("a.mid\n")
    (here / "manifest.tsv").write_text("file\tpiece_group\na.mid\twaltz\n")
    (there / "manifest.tsv").write_text("file\tpiece_group\nc.mid\twaltz\n")
    assert learned(there, files=["a.mid"]) == [24]
