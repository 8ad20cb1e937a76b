"""A tiny recipe and the corpora that go with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

MUSIC = Path(__file__).parents[1] / "data"
TINY_RECIPE = """
[network]
units = 12
embedding = 8
head = 8

[corpus]
valid_share = 0.4

[corpus.sources.songs]
licence = "CC0-1.0"

[fit]
batch = 4
steps = 12
batches_a_round = 2
rounds_an_epoch = 3
epochs = 4
learning_rate = 0.01
warmup_steps = 3
precision = "float32"
"""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY_RECIPE)
    return path


@pytest.fixture(scope="session")
def folders() -> Sequence[Path]:
    return (MUSIC / "rolls", MUSIC / "songs")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start `antiphon ...` as a shell would, with a home of its own."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}

    def popen(*args: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "antiphon", *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    return popen
