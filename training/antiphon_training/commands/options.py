"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CacheFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where parsed corpora are kept; by default the user's cache."),
]
