"""`antiphon train` by two processes: the same run as by one, file for file."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.brief_recipes import brief

pytestmark = [pytest.mark.train, pytest.mark.timeout(600)]

MUSIC = Path(__file__).parents[2] / "data"
SECONDS = 540
"""Three processes import TensorFlow and JAX and compile; half a minute on idle cores."""


def start(recipe: Path, home: Path, out: str, *options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "antiphon", "train", "--recipe", recipe]
    command += [MUSIC / "rolls", MUSIC / "songs", "--out", home / out, *options]
    return subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home),
             "KERAS_BACKEND": "jax", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def losses(run: Path) -> list[list[float]]:
    with (run / "log.csv").open() as lines:
        return [[float(value) for value in row] for row in list(csv.reader(lines))[1:]]


def test_two_processes_leave_the_run_that_one_leaves(recipe: Path, tmp_path: Path) -> None:
    meeting = ("--processes", 2, "--coordinator", f"127.0.0.1:{free_port()}")
    started = [
        start(recipe, tmp_path, "one"),
        start(recipe, tmp_path, "two", *meeting, "--process", 0),
        start(recipe, tmp_path, "elsewhere", *meeting, "--process", 1),
    ]
    try:
        for process in started:
            said = process.communicate(timeout=SECONDS)[1]
            assert process.returncode == 0, said[-2000:]
    finally:
        for process in started:
            process.kill()
    one, two = losses(tmp_path / "one"), losses(tmp_path / "two")
    assert len(one) == 4
    np.testing.assert_allclose(one, two, rtol=1e-4)
    kept = {path.name for path in (tmp_path / "one").iterdir()}
    assert {path.name for path in (tmp_path / "two").iterdir()} == kept
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == {"1-tensorflow.log"}


def test_a_process_that_has_no_number_is_a_sentence(recipe: Path, tmp_path: Path) -> None:
    process = start(recipe, tmp_path, "run", "--processes", 2, "--process", 2)
    said = process.communicate(timeout=SECONDS)[1]
    assert process.returncode == 2
    assert "Of 2 processes there is no number 2" in said


@pytest.mark.parametrize("name", ["chopin", "maestro-triplets"])
def test_a_classic_network_learns_on_the_other_back_end_and_is_exported_by_tensorflow(
    name: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "antiphon"]
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    train = [*command, "train", "--recipe", str(brief(name, tmp_path)), "--quick",
             str(MUSIC / "rolls"), str(MUSIC / "songs"),
             "--out", str(tmp_path / "run")]  # fmt: skip
    subprocess.run(train, check=True, env={**home, "KERAS_BACKEND": "jax"}, timeout=SECONDS)
    first, *_, last = losses(tmp_path / "run")
    assert last != first
    export = [*command, "export", str(tmp_path / "run"), "--out", str(tmp_path / "it.onnx"),
              "--no-figures"]  # fmt: skip
    subprocess.run(export, check=True, env=home, timeout=SECONDS)
    assert (tmp_path / "it.onnx").stat().st_size > 10_000
