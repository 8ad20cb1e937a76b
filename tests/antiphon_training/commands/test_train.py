"""The commands as a shell sees them: what is said, where, and with which code."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

    Start = Callable[..., "subprocess.Popen[str]"]

MUSIC = Path(__file__).parents[2] / "data"


def result(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a command that ended."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--recipe", "hose", "{rolls}", "--out", "{out}"), 2, "There is no recipe hose; "),
        (("{nowhere}", "--out", "{out}"), 1, "There is no folder {nowhere}; "),
        (("{file}", "--out", "{out}"), 1, "{file} is no folder; name a folder of music"),
        (("{rolls}", "--out", "{file}/run"), 1, "{file}/run cannot be written (not a directory)"),
        (("{rolls}", "{rolls}", "--out", "{out}"), 2, "Two corpora are called rolls; "),
        (("{rolls}", "--out", "{out}", "--hours", "0"), 2, "--hours must be more than 0; "),
        (("{rolls}", "--out", "{out}", "--hours", "-1"), 2, "--hours must be more than 0; "),
        (("{out}", "--out", "{out}"), 1, "{out} holds no .mid file and no score"),
    ],
)
def test_what_cannot_be_trained_is_a_sentence(
    start: Start, tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    names = {"rolls": MUSIC / "rolls", "nowhere": tmp_path / "no", "out": tmp_path / "run",
             "file": tmp_path / "file"}  # fmt: skip
    names["file"].write_text("")
    found, out, err = result(start("train", *(word.format(**names) for word in arguments)))
    assert (found, out) == (code, "")
    assert err.startswith("antiphon: " + sentence.format(**names))
    assert err.count("\n") == 1


@pytest.mark.train
def test_a_killed_and_an_interrupted_training_go_on(
    start: Start, recipe: Path, folders: Sequence[Path], cache: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    long = tmp_path / "long.toml"
    long.write_text(recipe.read_text().replace("epochs = 4", "epochs = 100000\npatience = 100000"))
    command = ("train", "--recipe", long, *folders, "--out", run, "--cache", cache)

    killed = start(*command)
    assert killed.stderr is not None
    while not killed.stderr.readline().startswith("epoch 2/"):
        assert killed.poll() is None
    killed.kill()
    killed.communicate()

    stopped = start(*command)
    assert stopped.stderr is not None
    first = [stopped.stderr.readline() for _ in range(5)]
    assert first[:2] == ["rolls: 2 files, 1,541 notes\n", "songs: 3 files, 312 notes\n"]
    assert first[2].startswith("resuming after epoch ")
    done = int(first[2].split()[3])
    assert done >= 1
    assert first[3].startswith(f"epoch {done + 1}/100000: ")
    stopped.send_signal(signal.SIGINT)
    code, out, err = result(stopped)
    assert (code, out) == (130, "")
    last = err.splitlines()[-1]
    epochs = json.loads((run / "training.json").read_text())["epochs"]
    assert (
        last == f"Stopped; {epochs} epochs are kept in {run}, and the same command resumes the run."
    )
    assert all(line.startswith("epoch ") for line in err.splitlines()[:-1])
    assert not list(run.glob(".*part-*"))
