"""The notebooks of the documents run from the first cell to the last."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
MOST_CHARACTERS = 3_000_000
"""A notebook is read on pages that show large files slowly, or not at all."""
NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment in which a notebook writes to a folder of its own."""
    kept = ("TMPDIR", "XDG_CACHE_HOME", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    return {**os.environ, **{name: str(tmp_path) for name in kept}}


def shown(notebook: Any, kind: str) -> list[Any]:
    """Return all that the cells display of one kind of media."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_the_results_of_one_run(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert len(shown(notebook, "image/png")) >= 5
    assert len(path.read_text(encoding="utf-8")) < MOST_CHARACTERS
    said = [output.get("text", "") for output in outputs] + shown(notebook, "text/plain")
    assert len(said) > len(cells) // 2
    assert not [text for text in said for place in ("/home/", "/root/", "/tmp/") if place in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_links_to_is_there(path: Path) -> None:
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    assert links
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.train
@pytest.mark.timeout(900)  # it trains, also on a machine that is busy with other work
def test_the_first_instrument_is_made_and_heard(elsewhere: dict[str, str]) -> None:
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "docs/notebooks/first-instrument.ipynb", 4)
    place = {"metadata": {"path": str(ROOT / "docs/notebooks")}}
    NotebookClient(notebook, timeout=240, resources=place).execute(env=elsewhere)
    said = "".join(
        output.text
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )
    assert "reels: 76 files" in said
    assert "1000 notes identical" in said
    html = shown(notebook, "text/html")
    assert any("ArbanaReel.abc" in table for table in html)
    sounds = [text for text in html if "<audio" in text]
    assert len(sounds) == 2
    assert all(len(sound) > 500_000 for sound in sounds)  # the pieces themselves
    engraver = any(shutil.which(name) for name in ("lilypond", "mscore", "musescore", "mscore3"))
    assert len(shown(notebook, "image/png")) == 5 + engraver
