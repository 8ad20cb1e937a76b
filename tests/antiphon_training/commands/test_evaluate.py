"""The command: what it prints, for people and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from antiphon.errors import CorpusError, SettingError, UsageError
from antiphon.music.files.writing import write_midi
from antiphon.resources import house_instrument
from antiphon_training.commands.evaluate import evaluate
from antiphon_training.evaluation.affinity import AFFINITIES
from antiphon_training.evaluation.continuations import AGREEMENTS, AMOUNTS
from antiphon_training.evaluation.phrases import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from antiphon.music.note import NoteArray

    Make = Callable[..., NoteArray]

pytestmark = pytest.mark.train

KEYS = ["schema", "instrument", "codec", "unit", "corpus", "chosen", "nats", "notes", "files",
        "accuracy", "top5", "outside_vocabulary", "defects", "ngram", "memory", "continuations",
        "phrases", "pauses"]  # fmt: skip
PAGE = Path(__file__).parents[3] / "docs" / "evaluation.md"


@pytest.fixture(scope="module", autouse=True)
def no_cache_of_the_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, tune: Make) -> Path:
    """Six tunes of 42 s, the first two held out; a short one, and one that is none."""
    folder = tmp_path_factory.mktemp("corpora") / "tunes"
    folder.mkdir()
    for seed in range(6):
        write_midi(folder / f"{seed}.mid", [("Piano", 0, 0, tune(170, seed))])
    write_midi(folder / "short.mid", [("Piano", 0, 0, tune(30))])
    (folder / "broken.mid").write_bytes(b"no MIDI")
    (folder / "heldout.txt").write_text("0.mid\n1.mid\nshort.mid\nbroken.mid\n")
    return folder


def test_a_broken_file_is_named_and_left_out(tiny_path: Path, corpus: Path) -> None:
    result = run(tiny_path, corpus, "--json")
    assert result.exit_code == 0, result.output
    assert "broken.mid" in result.stderr
    told = json.loads(result.stdout)
    assert list(told) == KEYS
    assert (told["notes"], told["files"]) == (2 * 154 + 14, 3)
    assert [defect["file"] for defect in told["defects"]] == ["broken.mid"]
    assert (told["schema"], told["codec"], told["unit"]) == (1, "performance", "note")
    assert [told[key] for key in ("outside_vocabulary", "ngram", *KEYS[-4:])] == [None] * 6
    plain = run(tiny_path, corpus)
    assert "tiny on tunes: 322 notes of 3 pieces" in plain.stdout
    assert f"  total {told['nats']['total']:33.3f}" in plain.stdout


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("tiny", ["pitch", "step", "duration", "velocity"]),
        ("tiny_triplet", ["pitch", "step", "duration"]),
        ("tiny_symbols", ["symbol"]),
    ],
)
def test_everything_for_every_codec(
    tiny_path: Path, corpus: Path, cache: Path, name: str, fields: list[str]
) -> None:
    path = tiny_path.with_stem(name)
    more = ("--continuations", "--baseline-corpus", corpus, "--cache", cache)
    result = run(path, corpus, *more, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert list(told["nats"]) == [*fields, "total"]
    assert list(told["accuracy"]) == list(told["top5"]) == fields
    assert list(told["ngram"]["nats"]) == [*fields, "total"]
    unigram = told["ngram"]["unigram"]
    assert list(unigram["accuracy"]) == fields
    assert told["ngram"]["nats"]["total"] < unigram["nats"]["total"] < told["nats"]["total"]
    assert told["ngram"]["corpora"] == ["tunes"]
    assert (told["outside_vocabulary"] is None) == (fields != ["symbol"])
    played = told["continuations"]
    assert (played["excerpts"], played["left_out"]) == (2, ["short.mid"])
    assert list(played["players"]) == [
        "instrument", "ngram", "prompt_ngram", "repeat", "piece",
    ]  # fmt: skip
    assert played["players"]["repeat"]["copied"] == {"mean": 1.0, "error": 0.0}
    off = [f"{amount}_off" for amount in AMOUNTS]
    for player in ("instrument", "ngram", "prompt_ngram", "repeat"):
        assert set(played["players"][player]) == {*AGREEMENTS, *AMOUNTS, *off, *AFFINITIES}
    assert set(played["players"]["piece"]) == {*AMOUNTS, *AFFINITIES}
    assert played["excerpts_with_beat"] == 2
    assert played["players"]["piece"]["on_beat"] == {"mean": 1.0, "error": 0.0}
    table = run(path, corpus, *more).stdout
    assert re.search(r"copied from the prompt .* 1\.00 ± 0\.00 ", table)
    assert "n-gram: learned from" in table
    assert re.search(rf"^ +{told['instrument']} +n-gram +unigram$", table, re.MULTILINE)


def test_all_that_is_played(tiny_path: Path, corpus: Path, cache: Path) -> None:
    more = ("--continuations", "--given", "10", "--continued", "5", "--phrases", "1", "--pauses",
            "--memory", "--first-notes", "100", "--takes", "2", "--cache", cache)  # fmt: skip
    result = run(tiny_path, corpus, *more, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    played = told["continuations"]
    assert (played["seconds_given"], played["seconds_continued"]) == (10.0, 5.0)
    assert (played["takes"], played["excerpts"]) == (2, 2)
    answered = told["phrases"]
    assert (answered["variants"], answered["takes"]) == (1, 2)
    assert list(answered["players"]) == ["instrument", "prompt_ngram", "repeat", "piece"]
    assert set(answered["players"]["instrument"]) == {*AFFINITIES, "kinds"}
    assert list(answered["players"]["instrument"]["kinds"]) == list(KINDS)
    assert answered["players"]["instrument"]["kinds"]["rubato"]["on_beat"] is None
    assert answered["unanswered"] == {"instrument": 0, "prompt_ngram": 0}
    # It has learned nothing and expects any silence, which is waited for up to four pauses.
    assert 0.6 < answered["answered_after"]["instrument"] < 4 * 0.6 + 1.0
    assert (told["pauses"]["files"], told["pauses"]["interruptions"]) == (3, 0)
    assert told["memory"]["first_notes"] == 100
    assert told["memory"]["with_memory"] is None
    assert told["memory"]["without_memory"]["whole"]["total"] > 0.0


def test_settings_are_played_by(tmp_path: Path, tune: Make) -> None:
    house = house_instrument()
    notes = tune(80)
    notes["onset"][40:] += 1.0  # a rest
    corpus = tmp_path / "rests"
    corpus.mkdir()
    write_midi(corpus / "rest.mid", [("Piano", 0, 0, notes)])

    def interruptions(*more: str) -> int:
        told = run(house, corpus, "--pauses", "--cache", tmp_path, "--json", *more)
        assert told.exit_code == 0, told.output
        found: int = json.loads(told.stdout)["pauses"]["interruptions"]
        return found

    assert interruptions() == 1
    assert interruptions("--set", "partner.pause=1.5") == 0
    assert isinstance(run(house, corpus, "--set", "pause").exception, UsageError)
    assert isinstance(run(house, corpus, "--set", "partner.paus=1").exception, SettingError)


def test_what_cannot_be_evaluated_is_a_sentence(
    tiny_path: Path, corpus: Path, tmp_path: Path, tune: Make
) -> None:
    assert isinstance(run(corpus, corpus).exception, UsageError)
    write_midi(tmp_path / "short.mid", [("Piano", 0, 0, tune(60))])
    short = run(tiny_path, tmp_path, "--continuations").exception
    assert isinstance(short, CorpusError)
    assert "40 seconds" in str(short)
    missing = run(tiny_path, corpus, "--baseline-corpus", tmp_path / "gone").exception
    assert isinstance(missing, CorpusError)


def test_the_page_names_every_figure() -> None:
    page = PAGE.read_text()
    assert not [
        name
        for name in (*KEYS, *AGREEMENTS, *AMOUNTS, *AFFINITIES, *KINDS)
        if f"`{name}`" not in page
    ]
