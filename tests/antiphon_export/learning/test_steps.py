"""Steps are done once, in their order, and again where something before them changed."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from antiphon.errors import TrainingError
from antiphon_export.learning.display import Lines
from antiphon_export.learning.steps import Step, do_steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.progress import Progress


class Kitchen:
    """Three steps, each of which writes a file; `done` has those that were done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options: dict[str, Any] = {"sow": 1, "reap": 1, "bake": 1}
        self.done: list[str] = []
        self.said: list[str] = []
        self.stopped_in: str | None = None

    def run(self) -> list[str]:
        """Do what is left, and return the names of the steps that were done."""
        self.done, self.said = [], []
        steps = [
            Step(name, name.title(), {"how": how}, (self.folder / name,), self.doing(name))
            for name, how in self.options.items()
        ]
        display = Lines([step.title for step in steps], self.said.append)
        do_steps(steps, self.folder / "kept.json", display)
        return self.done

    def doing(self, name: str) -> Callable[[Progress | None], None]:
        """Return what does a step."""
        return lambda bar: self.do(name, bar)

    def do(self, name: str, bar: Progress | None) -> None:
        assert bar is None, "lines have no bar"
        if name == self.stopped_in:
            raise KeyboardInterrupt
        self.done.append(name)
        (self.folder / name).write_text(name)


@pytest.fixture
def kitchen(tmp_path: Path) -> Kitchen:
    return Kitchen(tmp_path)


def test_each_is_done_once(kitchen: Kitchen) -> None:
    assert kitchen.run() == ["sow", "reap", "bake"]
    assert kitchen.said == ["[1/3] Sow", "[2/3] Reap", "[3/3] Bake"]
    assert kitchen.run() == []
    assert kitchen.said == [f"[{n}/3] {s}: done before" for n, s in enumerate(
        ("Sow", "Reap", "Bake"), 1)]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "again"),
    [("sow", ["sow", "reap", "bake"]), ("reap", ["reap", "bake"]), ("bake", ["bake"])],
)
def test_another_option_repeats_what_depends_on_it(
    kitchen: Kitchen, changed: str, again: list[str]
) -> None:
    kitchen.run()
    kitchen.options[changed] = 2
    assert kitchen.run() == again
    assert kitchen.run() == []


def test_a_stop_goes_on_where_it_was(kitchen: Kitchen) -> None:
    kitchen.stopped_in = "reap"
    with pytest.raises(KeyboardInterrupt):
        kitchen.run()
    assert kitchen.done == ["sow"]
    kitchen.stopped_in = None
    assert kitchen.run() == ["reap", "bake"]


def test_a_lost_file_is_made_again_with_all_that_came_of_it(kitchen: Kitchen) -> None:
    kitchen.run()
    (kitchen.folder / "reap").unlink()
    kitchen.stopped_in = "bake"
    with pytest.raises(KeyboardInterrupt):
        kitchen.run()
    assert kitchen.done == ["reap"]
    kitchen.stopped_in = None
    assert kitchen.run() == ["bake"]


def test_broken_notes_of_what_is_done_cost_no_more_than_time(kitchen: Kitchen) -> None:
    kitchen.run()
    (kitchen.folder / "kept.json").write_text("[not JSON")
    assert kitchen.run() == ["sow", "reap", "bake"]


def test_a_full_disk_is_a_sentence(full_disk: Path) -> None:
    kitchen = Kitchen(full_disk)
    with contextlib.suppress(OSError), (full_disk / "more").open("wb", buffering=0) as rest:
        while True:
            rest.write(bytes(1024))
    with pytest.raises(TrainingError, match=r"cannot be written: No space left .* goes on\.$"):
        kitchen.run()
    assert kitchen.done == []
