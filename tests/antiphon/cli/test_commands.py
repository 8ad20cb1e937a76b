"""Commands of the extra: found by name, and missed with a sentence."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Annotated

import pytest
import typer

from antiphon.cli import commands
from antiphon.errors import AntiphonError

GROUP = commands.GROUP


def study(corpus: str, epochs: Annotated[int, typer.Option()] = 3) -> None:
    """Study a corpus."""
    if corpus == "missing":
        raise ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")
    if corpus == "broken":
        raise ModuleNotFoundError("No module named 'antiphon.gone'", name="antiphon.gone")
    typer.echo(f"{corpus} {epochs}")


def entry(value: str) -> EntryPoint:
    return EntryPoint("study", value, GROUP)


def run(function: object, *args: str) -> object:
    command = commands._command("study", function)  # type: ignore[arg-type]
    return command.main(list(args), standalone_mode=False)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    """An entry point that leads to `study`."""
    monkeypatch.setattr(EntryPoint, "load", lambda _self: study)
    return entry("somewhere:study")


def test_it_takes_the_functions_own_options(
    here: EntryPoint, capsys: pytest.CaptureFixture[str]
) -> None:
    run(commands._load(here), "bach", "--epochs", "5")
    assert capsys.readouterr().out == "bach 5\n"


def test_a_missing_package_is_named_with_how_to_get_it(here: EntryPoint) -> None:
    with pytest.raises(AntiphonError, match=r"no tensorflow\): .*pip install -e '\.\[train\]'"):
        run(commands._load(here), "missing")


def test_a_missing_part_of_our_own_is_a_fault_of_ours(here: EntryPoint) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"antiphon\.gone"):
        run(commands._load(here), "broken")


@pytest.mark.parametrize("value", ["antiphon_nowhere.cli:study", "antiphon.errors:study"])
def test_whatever_it_is_given_a_command_that_is_not_there_explains(value: str) -> None:
    with pytest.raises(AntiphonError, match=r"`antiphon study` needs the packages of training"):
        run(commands._load(entry(value)), "bach", "--epochs", "5")
