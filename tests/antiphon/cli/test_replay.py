"""`antiphon replay` as a shell sees it: what it says, writes, and ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon import __version__
from antiphon.instrument import Predictor
from antiphon.messages import Heard, note_off, note_on
from antiphon.music.files.reading import read_performance
from antiphon.partner import Partner, PartnerSections
from antiphon.recorder import LogFile
from antiphon.replay import log_header
from antiphon.stage import Simulation, Stage
from antiphon.stage.log import StageLog

TINY = Path(__file__).parents[1] / "instrument" / "tiny.onnx"


class Nowhere:
    def send(self, data: bytes) -> None:
        pass


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "antiphon", "replay", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": os.devnull},
    )


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """The log of a phrase and its answer."""
    predictor, sections, log = Predictor(TINY), PartnerSections(), StageLog()
    partner = Partner(predictor, predictor.codec, sections, seed=5)
    simulation = Simulation(Stage(partner, Nowhere(), observers=[log]))
    for index, pitch in enumerate((60, 62, 64, 65, 67, 65)):
        time = 1.0 + 0.2 * index
        for data, when in ((note_on(0, pitch, 80), time), (note_off(0, pitch), time + 0.15)):
            heard = Heard.parse(data, when)
            assert heard is not None
            simulation.run([heard], until=when)
    simulation.run([], until=12.0)
    file = LogFile(log, lambda: log_header(sections, 5, TINY, name="tiny"))
    file.save(tmp_path / "session.mid")
    file.close()
    return tmp_path / "session.jsonl"


def test_it_counts_notes_and_answers_and_writes_what_was_played(
    session: Path, tmp_path: Path
) -> None:
    out = tmp_path / "again.mid"
    done = run(session, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    notes = len(read_performance(out).tracks[1].notes)
    assert notes > 1
    assert done.stdout == f"{notes} notes in 1 answer, the same bit for bit.\n"
    told = json.loads(run(session, "--json").stdout)
    assert told == {
        "notes": notes, "answers": 1, "same": True, "difference": None, "version": __version__,
    }  # fmt: skip


def test_it_overwrites_nothing_and_says_so_at_once(session: Path) -> None:
    before = session.read_bytes()
    session.with_suffix(".mid").write_bytes(b"the session")
    done = run(session, "--out", session.with_suffix(".mid"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "is there already; name another file with --out." in done.stderr
    assert session.with_suffix(".mid").read_bytes() == b"the session"
    assert session.read_bytes() == before


def test_a_difference_names_the_version_that_recorded(session: Path) -> None:
    text = session.read_text().replace(f'"version": "{__version__}"', '"version": "0.0.9"', 1)
    session.write_text(text.replace('"seed": 5', '"seed": 6', 1))
    done = run(session)
    assert done.returncode == 1
    assert "has become" in done.stdout
    assert f"(recorded by Antiphon 0.0.9, replayed by {__version__})" in done.stdout
    told = json.loads(run(session, "--json").stdout)
    assert not told["same"]
    assert len(told["difference"]) == 3


def test_a_log_of_a_header_alone_says_that_nothing_was_played(
    session: Path, tmp_path: Path
) -> None:
    session.write_text(session.read_text().split("\n", 1)[0] + "\n")
    done = run(session, "--out", tmp_path / "again.mid")
    assert done.returncode == 0
    assert done.stdout == "Nothing was played in this session: its log holds no input.\n"
    assert "No note sounded" in done.stderr
    assert not (tmp_path / "again.mid").exists()


def test_a_session_without_an_answer_says_so(session: Path) -> None:
    lines = session.read_text().splitlines(keepends=True)
    session.write_text("".join(lines[:3]))
    assert (
        run(session).stdout == "The partner played no note in this session, and plays none now.\n"
    )


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda first, rest: f"{first}\n{'[' * 200_000}\n{rest}", "it is damaged (line 2)"),
        (
            lambda first, rest: f"{first.replace('respond', 'dance', 1)}\n{rest}",
            "settings that this version of Antiphon",
        ),
    ],
    ids=["deep", "mode"],
)
def test_what_cannot_be_replayed_is_one_sentence(
    session: Path, damage: object, sentence: str
) -> None:
    assert callable(damage)
    session.write_text(damage(*session.read_text().split("\n", 1)))
    done = run(session)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("antiphon: ")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr
