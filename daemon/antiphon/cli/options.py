"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Settings in place of your own file.")
]

SoundFontFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="The SoundFont that it sounds with.")
]

Temperatures = Annotated[
    list[str] | None,
    typer.Option(
        "--temperature",
        metavar="NUMBER|FIELD=NUMBER",
        help="1 is as learned, lower is more predictable; repeatable.",
    ),
]

ScoreTitle = Annotated[str | None, typer.Option(metavar="TEXT", help="The title of a score.")]
