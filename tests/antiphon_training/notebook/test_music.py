"""Notes in a notebook: tables of files, and files of tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import antiphon_training
from antiphon.errors import CorpusError, UsageError
from antiphon.music.files.reading import read_performance
from antiphon_training import midi_to_notes, notes_to_midi
from antiphon_training.notebook.music import notes_of, parts_of

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
SONG = MUSIC / "songs" / "lc6019054.mid"


def test_every_name_of_the_package_is_there() -> None:
    assert len(antiphon_training.__all__) > 20
    for name in antiphon_training.__all__:
        assert getattr(antiphon_training, name).__doc__, name
    assert sorted(antiphon_training.__all__) == antiphon_training.__all__ == dir(antiphon_training)
    with pytest.raises(AttributeError, match="no attribute 'predict_last_note'"):
        antiphon_training.predict_last_note  # noqa: B018


def test_a_file_is_read_as_played_or_as_notated() -> None:
    played, notated = midi_to_notes(SONG), midi_to_notes(SONG, time="beats")
    assert list(played.columns) == ["pitch", "start", "end", "step", "duration", "velocity"]
    assert len(played) == len(notated) == 101
    assert played["pitch"].tolist() == notated["pitch"].tolist()
    assert played["start"].is_monotonic_increasing
    np.testing.assert_allclose(played["step"].cumsum() + played["start"][0], played["start"])
    tempo = 60.0 * notated["start"].iloc[-1] / played["start"].iloc[-1]
    assert tempo == pytest.approx(71.0, abs=0.1)  # as the file says


def test_a_file_of_a_table_has_its_notes(tmp_path: Path) -> None:
    both = midi_to_notes(SONG)  # voice and piano, which share some keys
    notes = both.drop_duplicates(subset=["pitch"]).reset_index(drop=True)
    assert len(notes) > 15
    written = notes_to_midi(notes, tmp_path / "song.mid", program=19)
    (track,) = read_performance(written).tracks
    assert track.program == 19
    again = midi_to_notes(written)
    assert again["pitch"].tolist() == notes["pitch"].tolist()
    np.testing.assert_allclose(again["start"], notes["start"], atol=1e-3)
    np.testing.assert_allclose(again["duration"], notes["duration"], atol=2e-3)


def test_each_part_is_a_track_with_a_channel_of_its_own(tmp_path: Path) -> None:
    notes = midi_to_notes(SONG)
    parts = {f"part {index}": notes.iloc[index : index + 1] for index in range(12)}
    tracks = read_performance(notes_to_midi(parts, tmp_path / "parts.mid")).tracks
    assert [track.name for track in tracks] == list(parts)
    assert [track.channel for track in tracks] == [*range(9), 10, 11, 12]


def test_music_comes_as_a_table_an_array_a_file_or_parts() -> None:
    table = midi_to_notes(SONG)
    array = notes_of(table)
    assert len(array) == 101
    np.testing.assert_array_equal(notes_of(array), array)
    np.testing.assert_array_equal(notes_of(str(SONG)), array)
    halves = {"second": table.iloc[50:], "first": array[:50]}
    np.testing.assert_array_equal(notes_of(halves), array)
    assert list(parts_of(halves)) == ["second", "first"]


def test_what_is_no_music_or_in_another_unit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"in beats, and seconds are needed: midi_to_notes\(FILE"):
        notes_of(midi_to_notes(SONG, time="beats").head(10))
    with pytest.raises(UsageError, match="A list is no music"):
        notes_of([60, 62])
    with pytest.raises(UsageError, match="no part"):
        notes_of({})
    with pytest.raises(CorpusError):
        midi_to_notes(MUSIC / "SOURCES.md")
