"""The shipped recipes, for a training of a few seconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from antiphon import resources

if TYPE_CHECKING:
    from pathlib import Path

BRIEF = {"epochs": 2, "windows": 2048, "part": 1024, "rounds_an_epoch": 2}
"""Keys of the sections [quick.…] that make a training long, and shorter values."""


def brief(name: str, folder: Path) -> Path:
    """Write a shipped recipe whose `--quick` is briefer, for pieces of any composer."""
    text = resources.recipe_file(name).read_text(encoding="utf-8")
    whole, mark, quick = text.partition("[quick.")
    for key, value in BRIEF.items():
        quick = re.sub(rf"(?m)^{key} = \d+", f"{key} = {value}", quick)
    whole = re.sub(r"(?m)^composers = \[.*?\]", "composers = []", whole)
    path = folder / f"{name}.toml"
    path.write_text(whole + mark + quick, encoding="utf-8")
    return path
