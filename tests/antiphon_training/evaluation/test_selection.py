"""Which files are measured, and what a baseline may learn from."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from antiphon.errors import CorpusError, TrainingError
from antiphon.music.files.writing import write_midi
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.piece import Reading
from antiphon_training.corpora.split import name_hash, split_corpora
from antiphon_training.evaluation.selection import Selection, baseline_pieces, composers_of, select
from antiphon_training.evaluation.unlearned import Learned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from antiphon.instrument import Predictor
    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]

pytestmark = pytest.mark.train


@pytest.fixture
def folder(tmp_path: Path, tune: Make) -> Path:
    """Two tunes, one broken file, and one that is no music."""
    for name in ("a.mid", "b.MIDI"):
        write_midi(tmp_path / name, [("Piano", 0, 0, tune(20))])
    (tmp_path / "broken.mid").write_bytes(b"no MIDI")
    (tmp_path / "c.txt").touch()
    return tmp_path


def test_files_are_those_listed_or_held_out_or_all(
    folder: Path, cache: Path, tiny: Predictor
) -> None:
    every = select(folder, Reading(), cache=cache)
    assert every.files == ["a.mid", "b.MIDI"]
    assert [defect.file for defect in every.defects] == ["broken.mid"]
    listed = folder / "some.list"
    listed.write_text("\n b.MIDI \n\n")
    assert select(folder, Reading(), listed).files == ["b.MIDI"]
    (folder / "heldout.txt").write_text("a.mid\n")
    assert select(folder, Reading()).files == ["a.mid"]


def test_a_corpus_may_hold_out_files_by_itself(folder: Path, cache: Path, tiny: Predictor) -> None:
    (folder / "maestro-v3.0.0.csv").write_text(
        "canonical_composer,canonical_title,split,year,midi_filename,audio_filename,duration\n"
        "Anon,One,train,2004,a.mid,a.wav,5\nAnon,Two,test,2004,b.MIDI,b.wav,5\n"
    )
    assert select(folder, Reading(), cache=cache).files == ["b.MIDI"]


def test_pieces_may_be_those_of_some_composers(
    tmp_path: Path, cache: Path, tune: Make, tiny: Predictor
) -> None:
    for size, place in enumerate(("Brahms/a", "Brahms/b", "Chopin/c", "Chopin/d"), start=20):
        path = tmp_path / f"{place}.mid"
        path.parent.mkdir(exist_ok=True)
        write_midi(path, [("Piano", 0, 0, tune(size))])
    chopin = select(tmp_path, Reading(), composers=["chopin"], cache=cache)
    assert chopin.files == ["Chopin/c.mid", "Chopin/d.mid"]
    (tmp_path / "heldout.txt").write_text("Brahms/a.mid\nChopin/d.mid\n")
    held = select(tmp_path, Reading(), composers=["Chopin"], cache=cache)
    assert held.files == ["Chopin/d.mid"]
    with pytest.raises(CorpusError, match="Liszt"):
        select(tmp_path, Reading(), composers=["Liszt"], cache=cache)
    entry = {"name": tmp_path.name, "tracks": None}
    card = replace(tiny.card, corpus=(entry,), recipe={"corpus": {"composers": ["Chopin"]}})
    assert composers_of(card, tmp_path.name) == ["Chopin"]
    assert composers_of(card, "another") is None
    assert composers_of(tiny.card, tmp_path.name) is None
    assert len(baseline_pieces([tmp_path], held, card, tiny.codec, cache)) == 1


class TestNotLearned:
    """Where nothing is held out, what the instrument did not learn from is measured."""

    @pytest.fixture
    def many(self, tmp_path: Path, tune: Make) -> Path:
        folder = tmp_path / "tunes"
        for number in range(6):
            (folder / "in").mkdir(parents=True, exist_ok=True)
            write_midi(folder / "in" / f"{number}.mid", [("Piano", 0, 0, tune(20 + number))])
        return folder

    def chosen(self, many: Path, cache: Path, learned: Learned) -> Selection:
        return select(many, Reading(), cache=cache, learned=learned)

    def test_the_card_has_the_hashes_of_their_names(
        self, many: Path, cache: Path, tiny: Predictor
    ) -> None:
        hashes = [name_hash("elsewhere/2.mid"), name_hash("4.mid"), name_hash("gone.mid")]
        assert len(set(hashes)) == 3
        card = replace(tiny.card, corpus=({"name": "tunes", "not_learned": hashes},))
        found = self.chosen(many, cache, Learned.of(card, "tunes"))
        assert (found.files, found.chosen) == (["in/2.mid", "in/4.mid"], "validation")
        assert found.note == (
            "tiny learned from tunes; measured are the 2 validation pieces, which it did not "
            "learn from"
        )
        assert Learned.of(card, "tunes").sentence(["4.mid"]) == (
            "tiny learned from tunes; measured is the validation piece, which it did not learn from"
        )
        (many / "heldout.txt").write_text("in/1.mid\nin/2.mid\nin/3.mid\n")
        found = self.chosen(many, cache, Learned.of(card, "tunes"))
        assert found.chosen == "held out"
        assert str(found.note).startswith("tiny may have learned from in/1.mid and 1 more of them")

    def test_an_older_card_has_the_rule_of_the_split(
        self, many: Path, cache: Path, tiny: Predictor
    ) -> None:
        entry = {"name": "tunes"}
        card = replace(tiny.card, corpus=(entry,), recipe={"corpus": {"valid_share": 0.4}})
        found = self.chosen(many, cache, Learned.of(card, "tunes"))
        (split,) = split_corpora([load_corpus(many, cache=cache)], 0.4)
        assert 0 < len(split.valid) < 6
        assert found.files == [f"in/{index}.mid" for index in split.valid]

    def test_of_another_corpus_all_are_measured_and_it_is_told(
        self, many: Path, cache: Path, tiny: Predictor
    ) -> None:
        found = self.chosen(many, cache, Learned.of(tiny.card, "tunes"))
        assert (len(found.files), found.chosen) == (6, "all")
        assert str(found.note).startswith("tiny does not name tunes among the corpora")

    def test_a_corpus_under_another_name_is_known_by_its_pieces(
        self, many: Path, cache: Path, tiny: Predictor
    ) -> None:
        hashes = [name_hash(f"{index}.mid") for index in (2, 4)]
        card = replace(tiny.card, corpus=({"name": "songs", "not_learned": hashes},))
        found = self.chosen(many, cache, Learned.of(card, "tunes"))
        assert (found.files, found.chosen) == (["in/2.mid", "in/4.mid"], "validation")
        assert found.note == (
            "tiny learned from songs, which seems to be here in tunes; measured are the 2 "
            "validation pieces, which it did not learn from"
        )

    def test_a_few_pieces_of_the_same_names_are_told(
        self, many: Path, cache: Path, tiny: Predictor
    ) -> None:
        hashes = [name_hash(f"{index}.mid") for index in (4, 11, 12)]
        card = replace(tiny.card, corpus=({"name": "songs", "not_learned": hashes},))
        found = self.chosen(many, cache, Learned.of(card, "tunes"))
        assert (len(found.files), found.chosen) == (6, "all")
        assert found.note == (
            "tiny does not name tunes among the corpora that it learned from; all its pieces are "
            "measured, though in/4.mid is named as a piece of songs, which it learned from"
        )

    @pytest.mark.parametrize(
        ("entry", "sentence"),
        [
            ({"not_learned": []}, "no piece that it did not learn from is there; name music"),
            ({"not_learned": [], "learned_share": 0.85}, "from the first 85% of every piece"),
            ({}, r"does not say which pieces .* name its run with --run"),
        ],
    )
    def test_what_was_all_learned_is_refused(
        self, many: Path, cache: Path, tiny: Predictor, entry: dict[str, Any], sentence: str
    ) -> None:
        card = replace(
            tiny.card, corpus=({"name": "tunes", **entry},), extra={"continued_from": {}}
        )
        with pytest.raises(CorpusError, match=sentence):
            self.chosen(many, cache, Learned.of(card, "tunes"))

    def test_a_run_names_them(
        self, many: Path, cache: Path, tiny: Predictor, tmp_path: Path
    ) -> None:
        entry = {"name": "tunes", "valid": ["in/3.mid"], "heldout": ["in/5.mid"]}
        (tmp_path / "corpus.json").write_text(json.dumps([entry]))
        found = self.chosen(many, cache, Learned.of(tiny.card, "tunes", tmp_path))
        assert found.files == ["in/3.mid", "in/5.mid"]
        with pytest.raises(TrainingError, match=r"is no training run: it has no corpus\.json"):
            Learned.of(tiny.card, "tunes", many)


def test_a_tune_of_a_collection_has_a_number(tmp_path: Path, cache: Path, tiny: Predictor) -> None:
    tunes = "".join(f"X:{n}\nT:Tune {n}\nL:1/8\nM:4/4\nK:C\nCDEF GABc|\n\n" for n in (1, 2))
    (tmp_path / "tunes.abc").write_text(tunes)
    assert select(tmp_path, Reading(), cache=cache).files == ["tunes.abc#1", "tunes.abc#2"]
    (tmp_path / "heldout.txt").write_text("tunes.abc#2\n")
    assert select(tmp_path, Reading()).files == ["tunes.abc#2"]


def test_lists_and_folders_that_are_not_there(folder: Path, tiny: Predictor) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        select(folder / "gone", Reading())
    with pytest.raises(CorpusError, match="no list"):
        select(folder, Reading(), folder / "gone.txt")
    (folder / "heldout.txt").write_text("gone.mid\n")
    with pytest.raises(CorpusError, match="does not hold gone"):
        select(folder, Reading())
    with pytest.raises(CorpusError, match="music21:bach"):
        select("music21:bahc", Reading())


def test_a_baseline_learns_nothing_that_is_evaluated(
    tmp_path: Path, cache: Path, tune: Make, tiny: Predictor
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    sizes = {"here/a": 20, "here/b": 21, "there/c": 22, "there/d": 23, "there/e": 24}
    for folder in (here, there):
        folder.mkdir()
    for name, size in sizes.items():
        write_midi(tmp_path / f"{name}.mid", [("Piano", 0, 0, tune(size))])

    def sizes_of(*folders: Path, files: list[str]) -> list[int]:
        pieces = baseline_pieces(
            folders, Selection("here", here, files), tiny.card, tiny.codec, cache
        )
        return sorted(map(len, pieces))

    assert sizes_of(here, files=["a.mid"]) == [21]
    assert sizes_of(here, there, files=["a.mid"]) == [21, 22, 23, 24]
    (there / "heldout.txt").write_text("d.mid\n")
    assert sizes_of(there, files=["a.mid"]) == [22, 24]
    # a is held out here, and c is the same piece
    (here / "heldout.txt").write_text("a.mid\n")
    (here / "manifest.tsv").write_text("file\tpiece_group\na.mid\twaltz\n")
    (there / "manifest.tsv").write_text("file\tpiece_group\nc.mid\twaltz\n")
    assert sizes_of(there, files=["a.mid"]) == [24]
    assert sizes_of(there, files=["b.mid"]) == [22, 24]


def test_a_baseline_learns_from_the_same_pieces_as_the_instrument(
    tmp_path: Path, cache: Path, tune: Make, tiny: Predictor
) -> None:
    for size in range(20, 26):
        write_midi(tmp_path / f"{size}.mid", [("Piano", 0, 0, tune(size))])
    measured = Selection(tmp_path.name, tmp_path, ["20.mid"])

    def sizes_of(entry: dict[str, Any], **card: Any) -> list[int]:
        entry = {"name": tmp_path.name, **entry}
        own = replace(tiny.card, corpus=(entry,), **card)
        return sorted(map(len, baseline_pieces([tmp_path], measured, own, tiny.codec, cache)))

    hashes = [name_hash(f"{size}.mid") for size in (20, 22, 24)]
    assert sizes_of({"not_learned": hashes}) == [21, 23, 25]
    assert sizes_of({"name": "another", "not_learned": hashes}) == [21, 22, 23, 24, 25]
    (split,) = split_corpora([load_corpus(tmp_path, cache=cache)], 0.5)
    assert 0 < len(split.valid) < 6
    by_the_rule = sizes_of({}, recipe={"corpus": {"valid_share": 0.5}})
    assert by_the_rule == [20 + index for index in split.train if index]
