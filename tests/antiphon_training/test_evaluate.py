"""Held-out figures: what is counted, and what is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from antiphon.errors import CorpusError, UsageError
from antiphon.instrument import Predictor
from antiphon_training.evaluate import chosen_files, evaluate, figures

TINY = Path(__file__).parents[1] / "antiphon" / "instrument" / "tiny.onnx"


@pytest.fixture(scope="module")
def tiny() -> Predictor:
    return Predictor(TINY)


def test_the_first_sixteen_notes_are_read_and_not_counted(tiny: Predictor) -> None:
    rng = np.random.default_rng(1)
    pieces = [rng.integers(0, tiny.codec.sizes, (n, 4)).astype(np.int32) for n in (30, 10, 18, 16)]
    found = figures(tiny, pieces)
    assert (found.notes, found.files) == (16, 2)
    scores = tiny.score(pieces)
    counted = np.concatenate([scores[0].nats[16:], scores[2].nats[16:]])
    assert found.nats["pitch"] == pytest.approx(counted[:, 0].mean())
    assert found.nats["total"] == pytest.approx(counted.sum(axis=1).mean())


def test_pieces_that_are_all_too_short(tiny: Predictor) -> None:
    with pytest.raises(CorpusError, match="16"):
        figures(tiny, [np.zeros((16, 4), np.int32)])


def test_files_are_those_listed_or_all(tmp_path: Path) -> None:
    for name in ("a.mid", "b.MIDI", "c.txt"):
        (tmp_path / name).touch()
    assert chosen_files(tmp_path, None) == ["a.mid", "b.MIDI"]
    listed = tmp_path / "some.txt"
    listed.write_text("\n b.MIDI \n\n")
    assert chosen_files(tmp_path, listed) == ["b.MIDI"]
    (tmp_path / "heldout.txt").write_text("a.mid\n")
    assert chosen_files(tmp_path, None) == ["a.mid"]


def test_lists_and_folders_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no folder"):
        chosen_files(tmp_path / "gone", None)
    with pytest.raises(CorpusError, match="no list"):
        chosen_files(tmp_path, tmp_path / "gone.txt")
    with pytest.raises(CorpusError, match=r"any \.mid"):
        chosen_files(tmp_path, None)
    (tmp_path / "heldout.txt").write_text("gone.mid\n")
    with pytest.raises(CorpusError, match="does not hold gone"):
        chosen_files(tmp_path, None)


def test_a_broken_file_is_named_and_left_out(tmp_path: Path) -> None:
    from antiphon.music.midiwrite import write_midi
    from antiphon.music.note import NOTE_DTYPE

    notes = np.zeros(40, NOTE_DTYPE)
    notes["pitch"], notes["velocity"], notes["duration"] = 60, 64, 0.2
    notes["onset"] = np.arange(40) * 0.25
    write_midi(tmp_path / "good.mid", [("Piano", 0, 0, notes)])
    (tmp_path / "broken.mid").write_bytes(b"no MIDI")
    app = typer.Typer()
    app.command()(evaluate)
    result = CliRunner().invoke(app, [str(TINY), str(tmp_path), "--json"])
    assert result.exit_code == 0, result.output
    assert "broken.mid" in result.stderr
    assert json.loads(result.stdout)["notes"] == 24
    plain = CliRunner().invoke(app, [str(TINY), str(tmp_path)])
    assert "total" in plain.stdout
    folder = CliRunner().invoke(app, [str(tmp_path), str(tmp_path)])
    assert isinstance(folder.exception, UsageError)
