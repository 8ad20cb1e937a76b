"""Corpora: what is read, what is left out, and what is kept in the cache."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from antiphon.errors import CorpusError, MidiFileError
from antiphon.music.note import Note, notes_to_array
from antiphon_training.corpora.corpus import Reading, load_corpus, read_notes
from antiphon_training.corpora.licences import corpus_licence

if TYPE_CHECKING:
    from antiphon.music.pedal import Pedal

pytestmark = pytest.mark.train

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

    @pytest.mark.parametrize("pedal", ["keys", "sustain"])
    def test_both_sides_read_a_file_alike_or_refuse_it(self, pedal: Pedal) -> None:
        from antiphon.music.files.reading import read_performance

        paths = sorted(MUSIC.glob("*/*.mid"))
        assert len(paths) == 5 + 22
        refused = []
        for path in paths:
            try:
                there = read_performance(path).notes(pedal)
            except MidiFileError as error:
                reason = str(error).partition(";")[0]
                with pytest.raises(CorpusError, match=re.escape(reason)):
                    read_notes(path, pedal=pedal)
                refused.append(path.stem)
                continue
            here = read_notes(path, pedal=pedal)
            for field in ("pitch", "velocity"):
                assert here[field].tolist() == there[field].tolist()
            for field in ("onset", "duration"):
                np.testing.assert_allclose(here[field], there[field], atol=1e-9)
        assert refused == ["gz", "html", "zip"]


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
        assert len(corpus.files) == 4
        reasons = {defect.file: defect.reason for defect in corpus.defects}
        assert set(reasons) == {"deaf.mid", "empty.mid", "text.mid", "drums.mid"}
        assert [(remark.file, remark.text) for remark in corpus.remarks] == [
            ("cut.mid", "is cut short; what is whole was read"),
        ]
        assert reasons["deaf.mid"] == "is a broken link"
        assert reasons["empty.mid"] == "is empty"
        assert reasons["text.mid"] == "is no MIDI file but text"
        assert reasons["drums.mid"] == "has no notes but drums"
        assert load_corpus(songs, cache=cache).defects == corpus.defects

    def test_a_folder_without_music_is_a_sentence(self, tmp_path: Path, cache: Path) -> None:
        with pytest.raises(CorpusError, match="There is no folder"):
            load_corpus(tmp_path / "nowhere", cache=cache)
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(CorpusError, match=r"holds no \.mid file"):
            load_corpus(tmp_path, cache=cache)
        (tmp_path / "text.mid").write_text("no music")
        with pytest.raises(
            CorpusError, match=r"that can be read \(text\.mid is no MIDI file but text"
        ):
            load_corpus(tmp_path, cache=cache)


class TestCache:
    @pytest.fixture
    def parsed(self) -> list[tuple[int, int]]:
        """As many entries as files were parsed."""
        return []

    def test_the_same_content_is_not_parsed_again(
        self, songs: Path, cache: Path, parsed: list[tuple[int, int]]
    ) -> None:
        def progress(done: int, total: int) -> None:
            parsed.append((done, total))

        first = load_corpus(songs, cache=cache, progress=progress)
        assert len(parsed) == 3
        moved = songs.rename(songs.with_name("moved"))
        second = load_corpus(moved, cache=cache, progress=progress)
        assert len(parsed) == 3
        assert second.name == "moved"
        np.testing.assert_array_equal(second.notes, first.notes)
        assert second.seconds == first.seconds

    def test_what_is_new_is_parsed_and_nothing_else(
        self, songs: Path, cache: Path, parsed: list[tuple[int, int]]
    ) -> None:
        def progress(done: int, total: int) -> None:
            parsed.append((done, total))

        load_corpus(songs, cache=cache, progress=progress)
        other = (songs / "lc6158825.mid").read_bytes()
        (songs / "lc6019054.mid").write_bytes(other)
        assert len(load_corpus(songs, cache=cache, progress=progress).piece(0)) == 124
        assert len(parsed) == 3  # known, under another name
        (songs / "new.mid").write_bytes(midi_file("00903c40 8170803c00"))
        assert len(load_corpus(songs, cache=cache, progress=progress).files) == 4
        assert parsed[3:] == [(1, 1)]

    def test_other_ways_of_reading_are_parsed_again(
        self, songs: Path, cache: Path, parsed: list[tuple[int, int]]
    ) -> None:
        def progress(done: int, total: int) -> None:
            parsed.append((done, total))

        load_corpus(songs, cache=cache, progress=progress)
        load_corpus(songs, Reading(pedal="sustain"), cache=cache, progress=progress)
        assert len(parsed) == 6
        load_corpus(songs, Reading(time="beats"), cache=cache, progress=progress)
        assert len(parsed) == 9
        with pytest.raises(CorpusError, match="has no track called NOBODY"):
            load_corpus(songs, Reading(["NOBODY"]), cache=cache, progress=progress)
        assert len(parsed) == 12

    def test_a_file_that_changes_behind_the_index_is_seen(self, songs: Path, cache: Path) -> None:
        # The same size and the same time of change: only the system's own stamp differs.
        path = songs / "lc6019054.mid"
        path.write_bytes(midi_file("00903c40 8170803c00"))
        long_ago = (1_000_000_000, 1_000_000_000)
        os.utime(path, long_ago)
        assert load_corpus(songs, cache=cache).piece(0)["pitch"].tolist() == [60]
        path.write_bytes(midi_file("00903e40 8170803e00"))
        os.utime(path, long_ago)
        assert load_corpus(songs, cache=cache).piece(0)["pitch"].tolist() == [62]

    def test_a_broken_or_forbidden_cache_costs_only_time(
        self, songs: Path, cache: Path, tmp_path: Path
    ) -> None:
        load_corpus(songs, cache=cache)
        (kept,) = cache.iterdir()
        kept.write_bytes(b"SQLite nothing")
        assert len(load_corpus(songs, cache=cache).files) == 3
        content = kept.read_bytes()
        kept.write_bytes(content[:8192] + bytes(len(content) - 8192))
        assert len(load_corpus(songs, cache=cache).files) == 3
        (tmp_path / "file").write_text("")
        assert len(load_corpus(songs, cache=tmp_path / "file" / "cache").files) == 3

    def test_a_cache_that_another_one_has_locked_costs_only_time(
        self, songs: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from antiphon_training.corpora import cache as caching

        monkeypatch.setattr(caching, "SECONDS_TO_WAIT", 0.1)
        load_corpus(songs, cache=cache)
        with sqlite3.connect(cache / caching.NAME) as other:
            other.execute("begin exclusive")
            assert len(load_corpus(songs, cache=cache).files) == 3
            other.rollback()
        other.close()


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
