"""`antiphon corpus` as a shell sees it: what a folder holds, every oddity in one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Start = Callable[..., "subprocess.Popen[str]"]
    Save = Callable[..., Path]

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"
HOUR = 3600 * 960
"""Ticks, at 480 a quarter of half a second."""


def result(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command that ended."""
    out, err = process.communicate(timeout=240)
    return process.returncode, out, err


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    shutil.copytree(MUSIC / "songs", folder)
    (folder / "empty.mid").write_bytes(b"")
    (folder / "heldout.txt").write_text("lc6019054.mid\ngone.mid\n")
    (folder / "corpus.toml").write_text('licence = "CC0-1.0"\n')
    return folder


def test_it_says_what_a_folder_holds(start: Start, songs: Path) -> None:
    (songs / "COPYING").write_text("Some licence\n")
    (songs / "cover.pdf").write_bytes(b"%PDF")
    code, out, err = result(start("corpus", songs))
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "songs",
        "  layout      a folder",
        "  files       3, 1 of them held out",
        "  notes       312",
        "  hours       0.1",
        "  tracks      Singstimme Voice (1), Pianoforte (1), Stimme Voice (1), Guitarre (1), "
        "Voice (1), Piano (1)",
        "  licence     CC0-1.0",
        "  attribution unknown",
        "  source      unknown",
        "  in full     COPYING",
        "  other files, which are no music that can be read: 1 .pdf",
        "  left out: empty.mid is empty",
        "  heldout.txt lists gone.mid, which is not there",
    ]


def test_the_same_as_json(start: Start, songs: Path) -> None:
    code, out, err = result(start("corpus", songs, "--json", "--keys", "--cache", songs / "cache"))
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (told["files"], told["notes"], told["heldout"]) == (3, 312, 1)
    assert told["defects"] == [{"file": "empty.mid", "reason": "is empty"}]
    assert sum(told["keys"].values()) == 3
    assert all(name.split()[1] in ("major", "minor") for name in told["keys"])


def test_a_track_that_nobody_plays_is_a_sentence(start: Start, songs: Path) -> None:
    code, out, err = result(start("corpus", songs, "--track", "KAZOO"))
    assert code == 1
    assert out.count("has no track called KAZOO, but ") == 3
    assert err.startswith(f"antiphon: No file in {songs} has notes that can be read (")
    assert err.count("\n") == 1


def test_an_empty_folder_is_a_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, out, err = result(start("corpus", tmp_path / "empty"))
    assert (code, out) == (1, "")
    assert err.startswith(f"antiphon: {tmp_path / 'empty'} holds no .mid file and no score (")
    assert err.count("\n") == 1


def test_every_oddity_is_told_in_one_sentence_and_stops_nothing(
    start: Start, save: Save, make_note: Callable[..., list[Any]]
) -> None:
    voices = [(f"Voice {i}", make_note(60 + i, 0, 480)) for i in range(11)]
    whole = save("odd/whole.mid", make_note(60, 0, 480), make_note(62, 0, 480)).read_bytes()
    folder = save("odd/eleven.mid", *voices).parent
    save("odd/silent.mid", [(0, mido.MetaMessage("text", text="hush"))])
    save("odd/drums.mid", make_note(36, 0, 480, channel=9))
    save("odd/hour.mid", [*make_note(60, 0, 480), *make_note(60, HOUR, HOUR + 480)])
    save("odd/patterns.mid", make_note(60, 0, 480), make_note(62, 0, 480), kind=2)
    (folder / "broken1.mid").write_bytes(whole[:-9])
    (folder / "broken2.mid").write_bytes(whole[:10])
    (folder / "broken3.mid").write_bytes(whole[:22] + b"\xf4" * 6 + whole[28:])
    (folder / "broken4.mid").write_bytes(b"")
    (folder / "broken5.mid").write_text("no music at all")
    code, out, err = result(start("corpus", folder))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "  files       5, 0 of them held out" in lines
    told = [line for line in lines if ".mid" in line]
    damaged = told.pop(5)
    assert damaged.startswith("  left out: broken3.mid is damaged: ")
    assert told == [
        "  broken1.mid is cut short; what is whole was read",
        "  eleven.mid has 11 tracks with notes, read as if one player played them all",
        "  hour.mid lasts 60 minutes, and counts as one piece",
        "  patterns.mid is of MIDI type 2: its 2 tracks are patterns on their own, and are read "
        "one after the other",
        "  left out: broken2.mid is cut short within its header",
        "  left out: broken4.mid is empty",
        "  left out: broken5.mid is no MIDI file but text",
        "  left out: drums.mid has no notes but drums",
        "  left out: silent.mid has no notes",
    ]


def test_a_corpus_of_music21_by_name(start: Start) -> None:
    code, out, err = result(start("corpus", "music21:chopin"))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:2] == ["music21:chopin", "  layout      music21's own corpus"]
    assert "  composers   Chopin (1)" in lines


def test_plots_are_drawn(start: Start, songs: Path, tmp_path: Path) -> None:
    code, out, err = result(start("corpus", songs, "--plots", tmp_path / "plots"))
    assert (code, err) == (0, "")
    drawn = [line.removeprefix("  drawn: ") for line in out.splitlines() if "drawn" in line]
    assert drawn
    assert all(Path(path).stat().st_size > 1000 for path in drawn)
