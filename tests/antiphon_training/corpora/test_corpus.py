"""Corpora: what is read, what is left out, and what is kept in the cache."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from antiphon.errors import CorpusError
from antiphon.music.note import Note, notes_to_array
from antiphon_training.corpora import corpus as corpora
from antiphon_training.corpora.corpus import load_corpus, read_notes
from antiphon_training.corpora.licences import corpus_licence

MUSIC = Path(__file__).parents[2] / "data"
SONG = MUSIC / "songs" / "lc6019054.mid"


def midi_file(events: str, name: str = "") -> bytes:
    """Return a file of one track of 480 ticks a second, with events in hexadecimal."""
    title = f"00 ff 03 {len(name):02x} {name.encode().hex()}" if name else ""
    body = bytes.fromhex(title + events + "00 ff2f00")
    head = b"MThd" + struct.pack(">IHHh", 6, 1, 1, 240)
    return head + b"MTrk" + struct.pack(">I", len(body)) + body


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    shutil.copytree(MUSIC / "songs", folder)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


class TestReading:
    def test_notes_are_those_of_the_files_in_seconds_and_sorted(
        self, songs: Path, cache: Path
    ) -> None:
        corpus = load_corpus(songs, cache=cache)
        assert corpus.name == "songs"
        assert corpus.files == ("lc6019054.mid", "lc6158825.mid", "lc6480349.mid")
        assert np.diff(corpus.bounds).tolist() == [101, 124, 87]
        piece = corpus.piece(0)
        assert np.all(np.diff(piece["onset"]) >= 0)
        assert corpus.seconds == pytest.approx(10.1 + 20.2 + 143.7, rel=0.1)

    def test_the_pedal_lengthens_notes_where_it_is_asked_for(self, tmp_path: Path) -> None:
        path = tmp_path / "pedal.mid"
        path.write_bytes(midi_file("00b0407f 00903c40 8170803c00 8170b04000"))
        assert read_notes(path)["duration"] == pytest.approx([0.5], abs=1e-3)
        assert read_notes(path, pedal="sustain")["duration"] == pytest.approx([1.0], abs=1e-3)

    def test_tracks_are_chosen_by_name(self, tmp_path: Path) -> None:
        path = tmp_path / "named.mid"
        path.write_bytes(midi_file("00903c40 8170803c00", "PIANO"))
        assert len(read_notes(path, ["PIANO"])) == 1
        assert len(read_notes(path, ["MELODY"])) == 0

    def test_reading_agrees_with_the_live_side(self) -> None:
        from antiphon.music.midifile import read_performance

        # (The other roll has four notes that are never released: symusic leaves such out.)
        for path in [*MUSIC.glob("songs/*.mid"), MUSIC / "rolls" / "cf814vt1322.mid"]:
            here, there = read_notes(path), read_performance(path).notes()
            assert here["pitch"].tolist() == there["pitch"].tolist()
            np.testing.assert_allclose(here["onset"], there["onset"], atol=1e-4)
            np.testing.assert_allclose(here["duration"], there["duration"], atol=1e-4)


class TestDefects:
    def test_what_cannot_be_used_is_listed_and_skipped(self, songs: Path, cache: Path) -> None:
        whole = SONG.read_bytes()
        (songs / "cut.mid").write_bytes(whole[: len(whole) // 2])
        (songs / "empty.mid").write_bytes(b"")
        (songs / "text.mid").write_text("no music at all\n")
        (songs / "drums.mid").write_bytes(midi_file("00992440 8170892400"))
        (songs / "deaf.mid").symlink_to(songs / "nowhere.mid")
        (songs / "folder.mid").mkdir()
        corpus = load_corpus(songs, cache=cache)
        assert len(corpus.files) == 3
        reasons = {defect.file: defect.reason for defect in corpus.defects}
        assert set(reasons) == {"cut.mid", "empty.mid", "text.mid", "drums.mid"}
        assert reasons["cut.mid"].startswith("is damaged: ")
        assert reasons["empty.mid"] == "is empty"
        assert reasons["text.mid"] == "is no MIDI file"
        assert reasons["drums.mid"] == "has no notes to learn from"
        assert load_corpus(songs, cache=cache).defects == corpus.defects

    def test_a_folder_without_music_is_a_sentence(self, tmp_path: Path, cache: Path) -> None:
        with pytest.raises(CorpusError, match="There is no folder"):
            load_corpus(tmp_path / "nowhere", cache=cache)
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(CorpusError, match=r"holds no \.mid file"):
            load_corpus(tmp_path, cache=cache)
        (tmp_path / "text.mid").write_text("no music")
        with pytest.raises(CorpusError, match=r"that can be read \(text\.mid is no MIDI file\)"):
            load_corpus(tmp_path, cache=cache)


class TestCache:
    @pytest.fixture
    def parsed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The names of the files that are parsed from now on."""
        names: list[str] = []
        read = corpora.read_notes

        def counted(path: Path, *args: object) -> object:
            names.append(path.name)
            return read(path, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(corpora, "read_notes", counted)
        return names

    def test_the_same_content_is_not_parsed_again(
        self, songs: Path, cache: Path, parsed: list[str]
    ) -> None:
        first = load_corpus(songs, cache=cache)
        assert len(parsed) == 3
        moved = songs.rename(songs.with_name("moved"))
        second = load_corpus(moved, cache=cache)
        assert len(parsed) == 3
        assert second.name == "moved"
        np.testing.assert_array_equal(second.notes, first.notes)

    def test_other_content_tracks_or_pedal_are_parsed_again(
        self, songs: Path, cache: Path, parsed: list[str]
    ) -> None:
        load_corpus(songs, cache=cache)
        (songs / "lc6019054.mid").write_bytes((songs / "lc6158825.mid").read_bytes())
        assert len(load_corpus(songs, cache=cache).piece(0)) == 124
        assert len(parsed) == 6
        load_corpus(songs, pedal="sustain", cache=cache)
        assert len(parsed) == 9
        with pytest.raises(CorpusError, match="no notes to learn from"):
            load_corpus(songs, ["NOBODY"], cache=cache)
        assert len(parsed) == 12

    def test_a_broken_or_forbidden_cache_costs_only_time(
        self, songs: Path, cache: Path, tmp_path: Path
    ) -> None:
        load_corpus(songs, cache=cache)
        (kept,) = cache.iterdir()
        kept.write_bytes(b"PK\x03\x04 nothing")
        assert len(load_corpus(songs, cache=cache).files) == 3
        (tmp_path / "file").write_text("")
        assert len(load_corpus(songs, cache=tmp_path / "file" / "cache").files) == 3


def test_progress_is_told_file_by_file(songs: Path, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    load_corpus(songs, cache=cache, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_the_arrays_hold_what_a_note_is(tmp_path: Path) -> None:
    path = tmp_path / "one.mid"
    path.write_bytes(midi_file("00903c40 8170803c00"))
    expected = notes_to_array([Note(60, 0.0, 0.5, 64)])
    np.testing.assert_array_equal(read_notes(path), expected)


class TestLicence:
    def test_it_is_what_the_folder_tells(self, tmp_path: Path) -> None:
        assert set(corpus_licence(tmp_path).values()) == {None}
        (tmp_path / "LICENSE.txt").write_text("\nMIT License\n\nCopyright ...\n")
        assert corpus_licence(tmp_path)["licence"] == "MIT License"
        (tmp_path / "corpus.toml").write_text('licence = "MIT"\nattribution = "A. Nonymous"\n')
        assert corpus_licence(tmp_path) == {
            "licence": "MIT", "attribution": "A. Nonymous", "source": None,
        }  # fmt: skip

    def test_a_broken_corpus_toml_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "corpus.toml").write_text("licence = MIT")
        with pytest.raises(CorpusError, match=r"corpus\.toml cannot be read"):
            corpus_licence(tmp_path)
