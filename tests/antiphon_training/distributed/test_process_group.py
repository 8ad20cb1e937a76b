"""Two processes on this machine train as one does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.errors import UsageError
from antiphon_training.distributed.process_group import ProcessGroup

SCRIPT = Path(__file__).with_name("rehearse.py")
EPOCHS, STEPS = 3, 12
LONGEST_S = 540
"""Three processes import TensorFlow and JAX and compile; half a minute on idle cores."""


def test_alone_there_is_nobody_to_ask() -> None:
    alone = ProcessGroup()
    assert alone.first
    assert alone.from_first(b"told") == b"told"
    assert alone.decide(True)
    assert not alone.decide(False)
    alone.agree("anything", b"at all")
    with pytest.raises(ZeroDivisionError), alone.together():
        raise ZeroDivisionError


def test_a_batch_that_cannot_be_shared_is_a_sentence() -> None:
    ProcessGroup(4, 0, 4).check_batch(64)
    with pytest.raises(UsageError, match="A batch of 62 rows cannot be shared evenly among 4"):
        ProcessGroup(4, 0, 4).check_batch(62)


def start(processes: int, index: int, coordinator: str, folder: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1",
    }
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, SCRIPT, str(processes), str(index), coordinator, folder],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process saw, and what each of two saw."""
    pytest.importorskip("jax", reason="the extra `jax` is not installed")
    folder = tmp_path_factory.mktemp("scale")
    meeting = f"127.0.0.1:{free_port()}"
    started = {
        "alone": start(1, 0, "", folder / "one"),
        "first": start(2, 0, meeting, folder / "two"),
        "second": start(2, 1, meeting, folder / "two"),
    }
    try:
        for name, process in started.items():
            said, errors = process.communicate(timeout=LONGEST_S)
            assert process.returncode == 0, f"{name}: {errors[-2000:]}"
            assert said == "", "stdout is for data"
    finally:
        for process in started.values():
            process.kill()
            process.communicate()
    files = {"alone": "one/0.json", "first": "two/0.json", "second": "two/1.json"}
    told = {name: json.loads((folder / file).read_text()) for name, file in files.items()}
    return {**told, "folder": folder}


@pytest.mark.train
@pytest.mark.timeout(LONGEST_S + 60)
class TestTwo:
    def test_their_curve_is_that_of_one(self, seen: dict[str, Any]) -> None:
        assert len(seen["alone"]["steps"]) == STEPS
        np.testing.assert_allclose(seen["first"]["steps"], seen["alone"]["steps"], rtol=1e-5)
        for mine, one in zip(seen["first"]["epochs"], seen["alone"]["epochs"], strict=True):
            assert mine == pytest.approx(one, rel=1e-5)
        assert len(seen["first"]["epochs"]) == EPOCHS

    def test_both_see_the_same_losses(self, seen: dict[str, Any]) -> None:
        assert seen["first"]["steps"] == seen["second"]["steps"]
        assert seen["first"]["epochs"] == seen["second"]["epochs"]

    def test_they_learn_the_same_weights(self, seen: dict[str, Any]) -> None:
        kept = [np.load(seen["folder"] / run / "run" / "resume.npz") for run in ("one", "two")]
        for mine, other in zip(*(dict(arrays).values() for arrays in kept), strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-5)

    def test_the_first_alone_writes(self, seen: dict[str, Any]) -> None:
        """The second is not given what writes, and its fit does not wait for it."""
        log = (seen["folder"] / "two" / "run" / "log.csv").read_text().splitlines()
        assert len(log) == 1 + EPOCHS

    def test_a_batch_is_shared_by_both(self, seen: dict[str, Any]) -> None:
        assert [seen[name]["devices"] for name in ("alone", "first", "second")] == [1, 2, 2]

    def test_what_the_first_says_holds(self, seen: dict[str, Any]) -> None:
        for name in ("first", "second"):
            assert seen[name]["told"] == "hello from 0"
            assert seen[name]["decided"] == [True, False]

    def test_who_was_given_something_else_is_named_to_all(self, seen: dict[str, Any]) -> None:
        assert "disagreed" not in seen["alone"]
        for name in ("first", "second"):
            assert seen[name]["disagreed"].startswith("Process 1 has not got the weather")
