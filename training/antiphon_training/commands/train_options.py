"""The options of `antiphon train` that are not those of other commands, too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RunFolder = Annotated[Path, typer.Option(metavar="DIR", help="The folder of the run.")]

RecipeOrHouse = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A recipe, or the name of a shipped one; house."),
]

ContinueFrom = Annotated[
    str | None,
    typer.Option(metavar="INSTRUMENT", help="Train an instrument further: yours, or house."),
]

TracksLearned = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="With --continue-from: tracks to learn from; any is all. By default Player, "
        "where a folder has such tracks.",
    ),
]

Processes = Annotated[
    int | None, typer.Option(metavar="N", help="The number of processes that train together.")
]

ProcessIndex = Annotated[
    int | None, typer.Option(metavar="I", help="Which of them this is, from 0.")
]

Coordinator = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="Where they meet: at process 0.")
]
