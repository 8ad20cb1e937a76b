"""The house is built as its plan says: rooms, sizes, and what ships."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOTS = {"daemon": "antiphon", "training": "antiphon_training", "export": "antiphon_export"}
LONGEST_FILE = 300


def sources() -> list[Path]:
    return [path for root in ROOTS for path in sorted((ROOT / root).rglob("*.py"))]


@pytest.mark.parametrize("folder", [*ROOTS, "config", "tests", "benchmarks", "docs"])
def test_every_folder_of_the_plan_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


@pytest.mark.parametrize(("folder", "package"), ROOTS.items())
def test_an_import_root_holds_one_typed_package(folder: str, package: str) -> None:
    assert [path.parent.name for path in (ROOT / folder).glob("*/__init__.py")] == [package]
    assert (ROOT / folder / package / "py.typed").is_file()


def test_tests_mirror_the_rooms() -> None:
    for package in ROOTS.values():
        rooms = {path.name for path in _package(package).iterdir() if path.is_dir()}
        mirrored = {path.name for path in (ROOT / "tests" / package).glob("*") if path.is_dir()}
        assert mirrored - {"__pycache__"} <= rooms


def test_no_file_outgrows_a_reader() -> None:
    long = {path: len(path.read_text().splitlines()) for path in sources()}
    assert not {str(path): lines for path, lines in long.items() if lines > LONGEST_FILE}


def test_every_module_says_what_it_is() -> None:
    assert not [str(path) for path in sources() if not path.read_text().startswith(('"""', 'r"""'))]


def test_names_say_something() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "data", "process", "misc", "common"}
    assert not [str(path) for path in sources() if path.stem in empty]


def test_the_wheel_carries_the_three_packages_and_the_settings() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"][
        "targets"
    ]["wheel"]
    assert wheel["packages"] == [f"{root}/{package}" for root, package in ROOTS.items()]
    assert wheel["force-include"] == {"config": "antiphon/config"}


def _package(package: str) -> Path:
    folder = next(root for root, name in ROOTS.items() if name == package)
    return ROOT / folder / package
