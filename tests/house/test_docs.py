"""What the documents say is still true: examples run, and what they name exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.music.codecs.performance import PerformanceCodec
from antiphon.resources import house_instrument
from antiphon.sections import Settings
from antiphon.settings import public_keys, sections_of

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
]


def fenced(page: str, language: str) -> str:
    """Return the one fenced block of a language that a page has."""
    (block,) = re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.S)
    return str(block)


TINY = Path(__file__).parents[1] / "antiphon" / "instrument"


@pytest.mark.parametrize(
    "instrument",
    [house_instrument(), TINY / "tiny.onnx", TINY / "tiny_memory.onnx"],
    ids=lambda path: path.stem,
)
def test_the_host_of_ones_own_plays_ten_notes(tmp_path: Path, instrument: Path) -> None:
    host = tmp_path / "host.py"
    host.write_text(fenced("docs/instrument-file.md", "python"))
    command = [sys.executable, "-W", "error", host, instrument]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    notes = [line.split() for line in done.stdout.splitlines()]
    assert len(notes) == 10
    onsets = [float(onset) for onset, *_ in notes]
    assert onsets == sorted(onsets)
    for _, duration, pitch, velocity in notes:
        assert 0.001 <= float(duration) <= 10.0
        assert 0 <= int(pitch) < PerformanceCodec.sizes[0]
        assert 1 <= int(velocity) <= 127


def test_the_test_of_a_mode_that_contributing_shows_passes(tmp_path: Path) -> None:
    example = tmp_path / "test_example.py"
    example.write_text(fenced("CONTRIBUTING.md", "python"))
    kit = ("-p", "tests.antiphon.partner.conftest", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", *kit, example]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT
    )
    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if "://" not in link]
    assert not [link for link in local if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    named = re.findall(r"ANTIPHON_([A-Z]+)__([A-Z_]+)", page.read_text())
    known = {name: public_keys(section) for name, section in sections_of(Settings).items()}
    assert not [
        (section, key)
        for section, key in named
        if (section, key) != ("SECTION", "KEY") and key.lower() not in known[section.lower()]
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_test_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`(?:tests/)?([\w/]+\.py)::(\w+)`", page.read_text())
    assert not [
        f"{file}::{test}" for file, test in named if test not in _functions(ROOT / "tests" / file)
    ]


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text()) if file.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
