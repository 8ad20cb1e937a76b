"""Files of a folder by their names, to notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from antiphon.music.codecs.symbols import SymbolsCodec
from antiphon.music.files import content
from antiphon.music.files.writing import write_midi
from antiphon_training.corpora.assemble import read_files
from antiphon_training.corpora.folder import list_files
from antiphon_training.corpora.piece import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.instrument import Predictor
    from antiphon.music.codecs.codec import Codec
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]

pytestmark = pytest.mark.train

DATA = Path(__file__).parents[2] / "data"


def test_classes_are_in_the_codecs_own_time(tmp_path: Path, make: Make, tiny: Predictor) -> None:
    write_midi(tmp_path / "a.mid", [("Piano", 0, 0, make([60, 62, 64, 65], 0.5, 0.5))])

    def encoded(codec: Codec) -> NDArray[np.int32]:
        (file,), defects = read_files(tmp_path, ["a.mid"], Reading.for_codec(codec))
        assert defects == []
        return codec.encode(file.notes)

    performed = encoded(tiny.codec)
    assert performed[:, 0].tolist() == [60, 62, 64, 65]
    assert performed[1, 1] == tiny.codec.time_class(0.5)  # type: ignore[attr-defined]
    # 120 beats a minute, as files have it where nothing is said: each lasts a beat
    codec = SymbolsCodec(["C4:1", "D4:1", "E4:0.5", "F4:1"], lengths=(0.5, 1.0))
    assert encoded(codec)[:, 0].tolist() == [0, 1, 3]


def test_tunes_of_a_collection_are_read_one_or_all(tmp_path: Path, cache: Path) -> None:
    tunes = "".join(f"X:{n}\nT:Tune {n}\nL:1/8\nM:4/4\nK:C\nCDEF GABc|\n\n" for n in (1, 2, 3))
    (tmp_path / "tunes.abc").write_text(tunes)

    def names(*files: str) -> list[str]:
        return [piece.file for piece in read_files(tmp_path, files, Reading(), cache)[0]]

    assert names("tunes.abc#2", "tunes.abc#3") == ["tunes.abc#2", "tunes.abc#3"]
    assert names("tunes.abc") == ["tunes.abc#1", "tunes.abc#2", "tunes.abc#3"]


def test_what_cannot_be_read_is_told_in_a_few_words(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "broken.mid").write_bytes(b"no MIDI")
    read, defects = read_files(tmp_path, ["broken.mid", "gone.mid"], Reading(), cache)
    assert read == []
    assert [(defect.file, defect.reason) for defect in defects] == [
        ("broken.mid", "is no MIDI file but text"),
        ("gone.mid", "cannot be opened: no such file or directory"),
    ]


def test_a_file_that_is_larger_than_music_is_left_out(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "MOST_BYTES", 1000)
    (tmp_path / "long.mid").write_bytes(bytes(1001))
    read, defects = read_files(tmp_path, ["long.mid"], Reading(), cache)
    assert read == []
    assert [(defect.file, defect.reason) for defect in defects] == [
        ("long.mid", "is larger than any MIDI file"),
    ]


def test_a_midi_file_inside_riff_is_found_by_its_own_suffix(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "song.RMI").write_bytes((DATA / "odd" / "rmid.mid").read_bytes())
    read, defects = read_files(tmp_path, list_files(tmp_path).files, Reading(), cache)
    assert defects == []
    assert [len(piece.notes) for piece in read] == [8]
