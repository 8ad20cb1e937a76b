"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CacheFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where parsed corpora are kept; by default the user's cache."),
]

Corpora = Annotated[
    list[str],
    typer.Argument(metavar="CORPUS...", help="Folders of music; music21:NAME is music21's own."),
]

Composers = Annotated[
    list[str] | None,
    typer.Option(
        "--composer",
        metavar="NAME",
        help="Only pieces of this composer; any is all. By default as the recipe says.",
    ),
]

Quick = Annotated[
    bool, typer.Option("--quick", help="Train a smaller network, for a minute at most.")
]

Hours = Annotated[float | None, typer.Option(help="End the training after so many hours in all.")]
