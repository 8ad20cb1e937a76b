"""From a folder to an instrument and a piece, by one order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.cli.verbosity import Verbosity
from antiphon.errors import CorpusError, UsageError
from antiphon.instrument import Predictor
from antiphon.music.files.reading import read_performance
from antiphon.music.files.writing import write_midi
from antiphon.music.note import Note, notes_to_array
from antiphon_export.learning import doing
from antiphon_export.learning.order import LearnOrder
from antiphon_export.learning.running import learn_from
from antiphon_training.corpora.piece import Reading
from antiphon_training.evaluation.measuring import measure
from antiphon_training.evaluation.selection import select

pytestmark = [
    pytest.mark.train,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

RECIPE = """
[codec]
name = "symbols"
[network]
kind = "classic"
length = 4
lstm = [16]
dropout = 0.0
dense = []
[corpus]
valid_share = 0.3
[fit]
batch = 32
epochs = 6
learning_rate = 0.02
precision = "float32"
"""
STEPS = ("the corpus", "training by the recipe", "making the instrument", "measuring it",
         "composing a piece")  # fmt: skip


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LearnOrder:
    """Return an order to learn from eight tunes of the same four bars, without an engraver."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    folder = tmp_path / "tunes"
    folder.mkdir()
    bars = 60 + np.random.default_rng(0).integers(0, 12, (4, 8))
    for seed in range(8):
        chosen = np.random.default_rng(seed).integers(0, 4, 8)
        notes = [Note(int(p), 0.25 * k, 0.2, 70) for k, p in enumerate(bars[chosen].reshape(-1))]
        write_midi(folder / f"{seed}.mid", [("Piano", 0, 0, notes_to_array(notes))])
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    return LearnOrder(
        corpora=(str(folder),),
        out=tmp_path / "first",
        recipe=str(tmp_path / "recipe.toml"),
        piece=tmp_path / "Melody_Generated.mid",
        notes=30,
        soundfont=str(tmp_path / "none.sf2"),
        config=tmp_path / "own.toml",
        cache=tmp_path / "cache",
    )


def test_one_order_does_it_all_and_does_it_once(
    order: LearnOrder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    learn_from(order, Verbosity())
    out, err = capsys.readouterr()
    places = [err.index(f"[{number}/5] {step}") for number, step in enumerate(STEPS, 1)]
    assert places == sorted(places)
    assert "8, 0 of them held out" in out
    both = "Melody_Generated.pdf and Melody_Generated.png are left out. There is neither MuseScore"
    assert both in err
    assert err.count("There is neither MuseScore nor LilyPond") == 1
    assert "Melody_Generated.wav is left out." in err
    assert {path.name for path in tmp_path.glob("Melody_Generated.*")} == {
        "Melody_Generated.mid", "Melody_Generated.musicxml",
    }  # fmt: skip
    assert read_performance(tmp_path / "Melody_Generated.mid").tracks[-1].name == "Antiphon"
    assert Predictor(order.instrument).card.name == "first"

    row = next(line for line in out.splitlines() if line.startswith("  symbol"))
    instrument, _, unigram = map(float, row.split()[1:])
    assert instrument < 0.6 * unigram
    assert (tmp_path / "first" / "evaluation.txt").read_text() in out

    before = order.instrument.stat().st_mtime_ns
    learn_from(order, Verbosity())
    out, err = capsys.readouterr()
    assert (out, err.count("done before")) == ("", 5)
    learn_from(replace(order, seed=2), Verbosity())
    assert capsys.readouterr().err.count("done before") == 4
    assert order.instrument.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hours": 0.0}, "--hours must be more than 0"),
        ({"notes": 5, "seconds": 5.0}, "--notes and --seconds both say"),
        ({"name": "a/b"}, "a name has no / in it"),
        ({"piece": Path("nowhere/piece.mid")}, r"There is no folder nowhere to write piece\.mid"),
        ({"recipe": "hose"}, "There is no recipe hose"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(
    order: LearnOrder, wrong: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageError, match=sentence):
        learn_from(replace(order, **wrong), Verbosity())
    assert capsys.readouterr() == ("", "")


def test_an_empty_folder_is_a_sentence(order: LearnOrder, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=r"holds no \.mid file and no score"):
        learn_from(replace(order, corpora=(str(tmp_path / "empty"),)), Verbosity())


def test_how_many_are_measured_is_told(order: LearnOrder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doing, "MEASURED", 4)
    tests = Path(__file__).parents[2]
    tiny = Predictor(tests / "antiphon" / "instrument" / "tiny.onnx")
    told = list(doing._measured(tiny, order.corpora[0], order, Verbosity()))
    assert "all its pieces are measured" in told[0]
    assert told[1] == "To save time, 4 of these 8 are measured here."
    assert "of 4 pieces" in told[2]
    assert told[-1].startswith("The n-gram, which only counts what follows what, guesses no worse")
    report = measure(tiny, select(order.corpora[0], Reading()), Reading(), []).report
    assert report.baseline is None
    assert [*doing._advice(report)] == []
