"""Distributions of a corpus: counted right, and drawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from antiphon.errors import UsageError
from antiphon.music.note import Note, NoteArray, notes_to_array
from antiphon_training.corpora.corpus import Corpus, load_corpus
from antiphon_training.plots.chords import chord_frequencies, only_chords, pitch_classes
from antiphon_training.plots.corpus import corpus_plots
from antiphon_training.plots.distributions import composers, fields, steps_of

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def songs(cache: Path) -> Corpus:
    return load_corpus(MUSIC / "songs", cache=cache)


def corpus_of(*pieces: NoteArray) -> Corpus:
    files = tuple(f"{index}.mid" for index in range(len(pieces)))
    bounds = np.cumsum([0, *(len(piece) for piece in pieces)], dtype=np.int64)
    return Corpus("made", Path(), files, np.concatenate(pieces), bounds, ())


def test_no_step_leads_from_one_piece_to_the_next() -> None:
    first = notes_to_array([Note(60, onset, 0.1, 80) for onset in (5.0, 5.5, 7.0)])
    second = notes_to_array([Note(60, onset, 0.1, 80) for onset in (0.0, 0.25)])
    assert steps_of(corpus_of(first, first[:0], second)).tolist() == [0.5, 1.5, 0.25]


def test_all_pictures_of_a_corpus(songs: Corpus, tmp_path: Path) -> None:
    drawn = corpus_plots(songs, tmp_path / "a" / "plots")
    assert [path.name for path in drawn] == ["fields.png", "chords.png"]
    told = replace(songs, composers=("Corder", None, "Zumsteeg"))
    drawn = corpus_plots(told, tmp_path / "plots", suffix=".svg")
    assert [path.name for path in drawn] == ["fields.svg", "chords.svg", "composers.svg"]
    assert all(path.stat().st_size > 10_000 for path in drawn)


@pytest.mark.parametrize("time", ["seconds", "beats"])
def test_a_corpus_of_one_note_is_drawn_too(time: str, tmp_path: Path) -> None:
    one = replace(corpus_of(notes_to_array([Note(60, 0.0, 0.1, 80)])), time=time)  # type: ignore[arg-type]
    assert len(corpus_plots(one, tmp_path)) == 2


def test_the_fields_say_what_they_are_of(songs: Corpus) -> None:
    figure = fields(songs)
    assert figure.get_suptitle() == "songs: 312 notes in 3 files"
    titles = [ax.get_title(loc="left").partition(" ")[0] for ax in figure.get_axes()]
    assert titles == ["pitch", "step", "duration", "velocity"]


def test_composers_are_counted() -> None:
    piece = notes_to_array([Note(60, float(second), 0.1, 80) for second in range(10)])
    corpus = replace(
        corpus_of(piece, piece, piece[:3], piece[:5]),
        composers=("Bach", "Bach", "Chopin", None),
    )
    figure = composers(corpus)
    assert figure.get_suptitle() == "made: 2 composers"
    (ax,) = figure.get_axes()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Bach", "unknown", "Chopin"]
    assert [bar.get_width() for bar in ax.patches] == [20, 5, 3]
    assert [text.get_text() for text in ax.texts] == ["2 files", "1 file", "1 file"]


def test_many_composers_are_summed_up() -> None:
    piece = notes_to_array([Note(60, 0.0, 0.1, 80)])
    corpus = replace(
        corpus_of(*([piece] * 40)), composers=tuple(f"Composer {n:02}" for n in range(40))
    )
    (ax,) = composers(corpus).get_axes()
    assert len(ax.patches) == 26
    assert ax.get_yticklabels()[-1].get_text() == "15 others"


class TestChords:
    counts: ClassVar = Counter(
        {"C4": 900, "0.4.7": 30, "0.4.7:0.5": 20, "7": 10, "2.6.9:1": 5, "1.2.3": 1}
    )

    def test_pitches_are_none_and_lengths_do_not_count(self) -> None:
        assert only_chords(self.counts) == {"0.4.7": 50, "7": 10, "2.6.9": 5, "1.2.3": 1}

    def test_before_and_after_the_rare_are_dropped(self) -> None:
        figure = chord_frequencies(self.counts, 10, "made")
        before, after, named = figure.get_axes()
        assert before.get_title(loc="left") == "before: 4 chords, heard 66 times"
        assert after.get_title(loc="left") == "after: 2 chords, 90.9% of all that is heard"
        assert [label.get_text() for label in named.get_yticklabels()] == [
            "C E G", "G octave", "D F# A", "C# D Eb",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("min_count", "title"),
        [
            (1, "after: 4 chords, 100.0% of all that is heard"),
            (1000, "after: 0 chords, 0.0% of all that is heard"),
        ],
    )
    def test_all_may_stay_or_go(self, min_count: int, title: str) -> None:
        before, after, named = chord_frequencies(self.counts, min_count, "made").get_axes()
        assert before.get_title(loc="left") == "before: 4 chords, heard 66 times"
        assert after.get_title(loc="left") == title
        assert len(named.get_yticklabels()) == 4

    def test_where_there_are_none(self) -> None:
        figure = chord_frequencies({"C4": 10}, 10, "made")
        assert figure.get_axes()[0].get_title(loc="left") == "before: 0 chords, heard 0 times"

    def test_names(self) -> None:
        assert [pitch_classes(word) for word in ("10.2.5", "0")] == ["Bb D F", "C octave"]


def test_where_nothing_can_be_written_a_sentence(songs: Corpus, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be made"):
        corpus_plots(songs, tmp_path / "file" / "plots")
