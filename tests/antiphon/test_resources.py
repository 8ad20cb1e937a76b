"""What comes with Antiphon is found, and missed with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from antiphon import resources
from antiphon.errors import AntiphonError


def test_the_settings_are_found() -> None:
    assert resources.settings_file().name == "jam.toml"


def test_a_checkout_uses_its_own_config() -> None:
    root = Path(__file__).parents[2]
    assert resources.settings_file() == root / "config" / "jam.toml"


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(AntiphonError, match=r"waltz\.toml should have come with Antiphon"):
        resources.recipe_file("waltz")


def test_the_shipped_instrument_is_found_by_its_name() -> None:
    assert resources.find_instrument("house") == resources.house_instrument()
    assert resources.find_instrument(Path("house")) == resources.house_instrument()
    assert resources.find_instrument("mine.onnx") == Path("mine.onnx")


def test_a_file_of_that_name_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("house").touch()
    assert resources.find_instrument("house") == Path("house")
