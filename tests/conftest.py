"""What holds for all tests: modules of `train` tests are not even imported without them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


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
