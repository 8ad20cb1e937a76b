"""`antiphon plot`, as a shell sees it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from antiphon.errors import AntiphonError
from antiphon_training.commands.plot import Shown, plot

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    import typer

    Start = Callable[..., "subprocess.Popen[str]"]

pytestmark = pytest.mark.train

MUSIC = Path(__file__).parents[2] / "data"


def result(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command that ended."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    """Folders of two training runs."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        (folder / "log.csv").write_text("epoch,loss,val_loss\n0,3,4\n1,2,3\n")
    return folders


def test_what_is_drawn_follows_from_what_is_given(
    start: Start, runs: list[Path], tmp_path: Path
) -> None:
    file, folder = MUSIC / "songs" / "lc6158825.mid", MUSIC / "songs"
    told = [
        start("plot", file, "--from", "2", "--to", "9", "--out", tmp_path / "roll.png"),
        start("plot", *runs, "--out", tmp_path / "curves.svg"),
        start("plot", folder, "--show", "chords", "--out", tmp_path / "chords.png"),
    ]
    assert [result(process) for process in told] == [(0, "", "")] * 3
    assert (tmp_path / "roll.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "curves.svg").read_text().startswith("<?xml")
    assert (tmp_path / "chords.png").is_file()


def test_all_pictures_of_a_corpus_go_into_a_folder(start: Start, tmp_path: Path) -> None:
    code, out, err = result(start("plot", MUSIC / "songs", "--out", tmp_path / "plots"))
    assert (code, err) == (0, "")
    assert out.split() == [str(tmp_path / "plots" / f"{name}.png") for name in ("fields", "chords")]


SONG = MUSIC / "songs" / "lc6158825.mid"


@pytest.mark.parametrize(
    ("sources", "options", "sentence"),
    [
        ([MUSIC / "songs"], {"out": Path("a.gif")}, r"A picture is \.png or \.svg, not a\.gif"),
        ([SONG, MUSIC / "songs"], {}, "Several sources can be drawn in one picture"),
        ([SONG], {"start": 5.0, "end": 4.0}, "--to must come after"),
        ([MUSIC / "no.mid"], {}, r"no\.mid cannot be read"),
        ([MUSIC / "songs"], {"show": Shown.composers}, "Nothing in .*songs names"),
    ],
)
def test_what_cannot_be_drawn_is_a_sentence(
    tmp_path: Path,
    sources: list[Path],
    options: dict[str, Any],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    context = cast("typer.Context", SimpleNamespace(obj=None))
    options = {"out": tmp_path / "a.png", **options}
    with pytest.raises(AntiphonError, match=sentence):
        plot(context, [str(source) for source in sources], **options)
    assert not list(tmp_path.glob("a.*"))
