"""Beginnings from corpora: on the side that was asked for, as long as an instrument looks back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from antiphon.errors import AntiphonError, TrainingError, UsageError
from antiphon.instrument import Predictor
from antiphon.music.files.reading import read_performance
from antiphon.music.files.telling import notated_by
from antiphon.music.note import Note, notes_to_array
from antiphon_training.commands.seed_notation import in_bars
from antiphon_training.commands.seeds import from_training, from_validation
from antiphon_training.corpora.corpus import load_corpus
from antiphon_training.corpora.split import name_hash, split_corpora

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
INSTRUMENTS = Path(__file__).parents[2] / "antiphon" / "instrument"
SHARE = 0.4


@pytest.fixture(scope="module")
def tiny() -> Predictor:
    return Predictor(INSTRUMENTS / "tiny.onnx")


@pytest.fixture(scope="module")
def words() -> Predictor:
    return Predictor(INSTRUMENTS / "tiny_symbols.onnx")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A training run on songs and rolls, of which nothing but the names is left."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "recipe.toml").write_text(f"[corpus]\nvalid_share = {SHARE}\n")
    corpora = [load_corpus(MUSIC / name) for name in ("songs", "rolls")]
    told = [
        {
            "name": corpus.name,
            "folder": str(MUSIC / corpus.name),
            "tracks": None,
            "valid": [corpus.files[index] for index in split.valid],
            "heldout": [],
        }
        for corpus, split in zip(corpora, split_corpora(corpora, SHARE), strict=True)
    ]
    (folder / "corpus.json").write_text(json.dumps(told))
    return folder


def sides() -> dict[str, set[str]]:
    """Return the files of both sides, as training splits them."""
    corpora = [load_corpus(MUSIC / name) for name in ("songs", "rolls")]
    splits = split_corpora(corpora, SHARE)
    return {
        side: {
            f"{corpus.name}/{corpus.files[index]}"
            for corpus, split in zip(corpora, splits, strict=True)
            for index in getattr(split, side)
        }
        for side in ("train", "valid")
    }


@pytest.mark.parametrize(("find", "side"), [(from_training, "train"), (from_validation, "valid")])
def test_a_run_says_which_side_a_piece_was_on(
    find: type[from_training], side: str, tiny: Predictor, run: Path
) -> None:
    found = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        beginning = find(tiny.card, tiny.codec, rng, corpus=None, run=run)
        assert len(beginning.notes) == 64
        # What a file tells of its bars is kept, so a note may begin within one.
        told, first = beginning.notated, float(beginning.notes["onset"][0])
        if told.clock is None:
            assert first == 0.0
        else:  # the metre of a file that tells only its beats is to be guessed
            assert 0.0 <= first < told.clock.second_at(told.metres[0].bar if told.metres else 1.0)
        assert np.all(np.diff(beginning.notes["onset"]) >= 0.0)
        found.add(beginning.told.split()[6].rstrip(","))
    assert found <= sides()[side]
    assert len(found) > 1 or len(sides()[side]) == 1


def found_in(
    folder: Path, find: type[from_training], predictor: Predictor, **where: Any
) -> set[str]:
    """Return the files that 30 beginnings are from."""
    found = set()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        beginning = find(predictor.card, predictor.codec, rng, **{"corpus": str(folder), **where})
        found.add(beginning.told.split()[6].rstrip(",").partition("/")[2])
    return found


class TestWhatIsTold:
    """The pieces that a run or a card names are taken, not those that a rule would choose."""

    @pytest.fixture
    def files(self) -> list[str]:
        files = list(load_corpus(MUSIC / "songs").files)
        assert len(files) == 3
        assert {f"songs/{file}" for file in files[1:]} != sides()["valid"]
        return files

    def test_a_run_names_them(self, tiny: Predictor, run: Path, files: list[str]) -> None:
        told = [{"name": "songs", "folder": str(MUSIC / "songs"), "tracks": None,
                 "valid": files[1:], "heldout": []}]  # fmt: skip
        (run / "corpus.json").write_text(json.dumps(told))
        where: dict[str, Any] = {"corpus": None, "run": run}
        assert found_in(MUSIC, from_validation, tiny, **where) == set(files[1:])
        assert found_in(MUSIC, from_training, tiny, **where) == {files[0]}

    def test_a_card_has_their_hashes(self, tiny: Predictor, files: list[str]) -> None:
        entry = {"name": "songs", "not_learned": [name_hash(file) for file in files[1:]]}
        own = SimpleNamespace(card=replace(tiny.card, corpus=(entry,)), codec=tiny.codec)
        songs = MUSIC / "songs"
        assert found_in(songs, from_validation, own, run=None) == set(files[1:])
        assert found_in(songs, from_training, own, run=None) == {files[0]}

    def test_of_pieces_that_were_cut_the_ends_are_for_validation(self, tiny: Predictor) -> None:
        entry = {"name": "songs", "not_learned": [], "learned_share": 0.75}
        card = replace(tiny.card, corpus=(entry,))
        songs = load_corpus(MUSIC / "songs")
        for seed in range(10):
            for find in (from_training, from_validation):
                rng = np.random.default_rng(seed)
                beginning = find(card, tiny.codec, rng, corpus=str(songs.folder), run=None)
                file = beginning.told.split()[6].rstrip(",").partition("/")[2]
                piece = songs.piece(songs.files.index(file))
                cut = int(0.75 * len(piece))
                part = piece[:cut] if find is from_training else piece[cut:]
                assert len(beginning.notes) == min(64, len(part))
                assert beginning.notes["pitch"].tobytes() in part["pitch"].tobytes()


def test_the_bars_of_a_file_are_kept(tiny: Predictor) -> None:
    telling, folder = 0, str(MUSIC / "songs")
    for seed in range(10):
        rng = np.random.default_rng(seed)
        beginning = from_training(tiny.card, tiny.codec, rng, corpus=folder, run=None)
        performance = read_performance(MUSIC / beginning.told.split()[6].rstrip(","))
        whole = notated_by(performance, performance.notes())
        clock, told = whole.clock, beginning.notated
        assert (told.clock is None) == (clock is None)
        if clock is None or told.clock is None:
            continue
        telling += 1
        of_file, of_part = performance.notes()["onset"], beginning.notes["onset"]
        beats = told.clock.beats_at(of_part)
        onsets = {round(beat, 3) for beat in clock.beats_at(of_file).tolist()}
        line = whole.bar_line(_seconds_into(of_file, of_part))
        assert {round(beat + line, 3) for beat in beats.tolist()} <= onsets
        assert (told.hands is None) == (whole.hands is None)
        assert told.hands is None or len(told.hands) == len(of_part)
    assert telling > 3


def _seconds_into(whole: NDArray[np.float64], part: NDArray[np.float64]) -> float:
    """Return when a stretch begins in its file."""
    later = part - part[0]
    for onset in np.unique(whole).tolist():
        if np.isclose((onset + later)[:, None], whole, atol=1e-4).any(axis=1).all():
            return onset
    raise AssertionError("the stretch is not of this file")


def test_a_file_that_is_gone_tells_no_bars(tmp_path: Path) -> None:
    stretch = notes_to_array([Note(60, 3.0, 0.5, 80), Note(62, 3.5, 0.5, 80)])
    notes, notated = in_bars(tmp_path / "gone.mid", stretch, "keys")
    assert notes["onset"].tolist() == [0.0, 0.5]
    assert notated.clock is None


def test_a_name_that_is_not_utf_8_is_spelt_out_in_the_title(
    tiny: Predictor, tmp_path: Path
) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    song = next((MUSIC / "songs").glob("*.mid"))
    for number in range(3):
        (folder / f"L\udce4ndler {number}.mid").write_bytes(song.read_bytes())
    rng = np.random.default_rng(1)
    beginning = from_training(tiny.card, tiny.codec, rng, corpus=str(folder), run=None)
    assert beginning.title.startswith("After L\\xe4ndler ")
    beginning.title.encode("utf-8")


def test_the_same_number_finds_the_same(tiny: Predictor, run: Path) -> None:
    one, two = (
        from_training(tiny.card, tiny.codec, np.random.default_rng(5), corpus=None, run=run)
        for _ in range(2)
    )
    assert one.told == two.told
    assert np.array_equal(one.notes, two.notes)


def test_a_window_of_words_is_filled(words: Predictor) -> None:
    rng = np.random.default_rng(1)
    folder = str(MUSIC / "rolls")
    beginning = from_training(words.card, words.codec, rng, corpus=folder, run=None)
    rows = words.codec.tuned(beginning.notes).encode(beginning.notes)
    assert len(rows) == pytest.approx(words.card.context["length"], abs=2)
    assert len(beginning.notes) >= len(rows)


def test_a_folder_is_split_as_the_recipe_says(tiny: Predictor) -> None:
    folder, rng = str(MUSIC / "songs"), np.random.default_rng(1)
    card = replace(tiny.card, recipe={"corpus": {"valid_share": 0.0}})
    assert "songs/" in from_training(card, tiny.codec, rng, corpus=folder, run=None).told
    with pytest.raises(UsageError, match="No piece of songs was used for validation"):
        from_validation(card, tiny.codec, rng, corpus=folder, run=None)


def test_tracks_of_the_recipe_are_read(tiny: Predictor) -> None:
    card = replace(
        tiny.card,
        corpus=({"name": "songs"},),
        recipe={"corpus": {"valid_share": 0.0, "tracks": {"songs": ["Piano"]}}},
    )
    folder, rng = str(MUSIC / "songs"), np.random.default_rng(1)
    beginning = from_training(card, tiny.codec, rng, corpus=folder, run=None)
    assert "lc6480349" in beginning.told  # the only one whose piano is called so
    assert len(beginning.notes) == 32


def test_a_corpus_that_was_moved(tiny: Predictor, run: Path, tmp_path: Path) -> None:
    told = json.loads((run / "corpus.json").read_text())
    told[0]["folder"] = str(tmp_path / "gone" / "songs")
    (run / "corpus.json").write_text(json.dumps(told))
    rng = np.random.default_rng(1)
    with pytest.raises(TrainingError, match=r"songs of .* is no longer in .*--corpus \.\.\./songs"):
        from_training(tiny.card, tiny.codec, rng, corpus=None, run=run)
    shutil.copytree(MUSIC / "songs", tmp_path / "here" / "songs")
    moved = str(tmp_path / "here" / "songs")
    assert from_training(tiny.card, tiny.codec, rng, corpus=moved, run=run).told


def test_where_nothing_says_where_to_look_a_sentence(tiny: Predictor, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(UsageError, match="--corpus FOLDER or --run DIR"):
        from_training(tiny.card, tiny.codec, rng, corpus=None, run=None)
    with pytest.raises(TrainingError, match=r"no training run: it has no corpus\.json"):
        from_training(tiny.card, tiny.codec, rng, corpus=None, run=tmp_path)
    with pytest.raises(AntiphonError, match="There is no folder"):
        from_training(tiny.card, tiny.codec, rng, corpus=str(tmp_path / "none"), run=None)
