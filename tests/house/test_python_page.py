"""The examples of docs/python.md give what the page says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import antiphon_training

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
MAIN, SOUND = PAGE.split("## Sound and sheet music")
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
SAME_IN_SPACE = doctest.NORMALIZE_WHITESPACE


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pieces of the clone, in which the examples write."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "data").symlink_to(ROOT / "tests" / "data")
    (recipe,) = re.findall(r"```toml\n# small.toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "small.toml").write_text(recipe)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def run(text: str) -> int:
    """Run the examples of a text in order, and return how many there are."""
    source = "\n".join(BLOCK.findall(text))
    names = {"at": antiphon_training}
    test = doctest.DocTestParser().get_doctest(source, names, "docs/python.md", None, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=SAME_IN_SPACE).run(test, out=said.append)
    assert not said, "".join(said)
    return len(test.examples)


@pytest.mark.train
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_examples_of_the_page_are_true(clone: Path) -> None:
    assert run(MAIN) > 25
    assert (clone / "piece.mid").is_file()
    assert (clone / "roll.png").is_file()


@pytest.mark.train
@pytest.mark.system
@pytest.mark.usefixtures("clone")
def test_the_examples_of_sound_and_sheet_music_are_true() -> None:
    assert run(SOUND) == 4


def test_the_page_names_every_function() -> None:
    assert len(antiphon_training.__all__) > 20
    missing = [name for name in antiphon_training.__all__ if f"{name}(" not in PAGE]
    assert missing == ["Corpus", "Model"]  # what functions return; they are no functions
