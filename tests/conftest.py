"""What all tests share: which modules are imported, no deadline for properties, a full disk."""

from __future__ import annotations

import ast
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Hypothesis' own 200 ms an example is a guess at the machine: a busy one, a Raspberry Pi
# and an emulated processor miss it now and then. pytest-timeout ends what hangs.
settings.register_profile("any machine", deadline=None)
# `make mutants` runs the tests of a room for every change: a few examples, the same each time.
settings.register_profile(
    "mutants", deadline=None, derandomize=True, max_examples=15, database=None
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "any machine"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a module that is marked `train` as a whole, where `-m` says `not train`.

    Its tests would be deselected in any case, but only after the module was imported,
    and with it what the environment of `make fast` does not have.
    """
    without = "not train" in config.getoption("markexpr")
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return True if without and is_test and _is_marked_train(collection_path) else None


def _is_marked_train(module: Path) -> bool:
    """Tell whether a module's own `pytestmark` says `train`."""
    for statement in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign):
            names = {target.id for target in statement.targets if isinstance(target, ast.Name)}
            if "pytestmark" in names and "pytest.mark.train" in ast.unparse(statement.value):
                return True
    return False


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KiB with one file on it and room for 4 KiB, where the tests may."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")
    try:
        (folder / "ballast").write_bytes(bytes(52 * 1024))
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
