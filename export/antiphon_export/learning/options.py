"""The options of `antiphon learn` that are not those of other commands, too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ResultsFolder = Annotated[Path, typer.Option(metavar="DIR", help="The folder of all results.")]

RecipeName = Annotated[
    str, typer.Option(metavar="FILE", help="A recipe, or the name of a shipped one.")
]

InstrumentName = Annotated[
    str | None, typer.Option(help="The instrument's name; by default that of DIR.")
]

Licence = Annotated[str | None, typer.Option(help="The licence of the instrument.")]

MemoryOrNot = Annotated[
    bool | None,
    typer.Option(
        "--memory/--no-memory",
        help="Fit a memory, which takes minutes; by default unless --quick is given. "
        "--no-memory leaves the instrument without one.",
    ),
]

PieceFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the piece goes: .mid, .wav, .musicxml, .pdf and .png of this "
        "name; by default DIR/piece.",
    ),
]

Seconds = Annotated[
    float | None, typer.Option(min=0.1, help="How many seconds to compose; 30 by default.")
]

Notes = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="How many notes to compose; with an instrument of words, how many words.",
    ),
]

Seed = Annotated[
    int, typer.Option(metavar="NUMBER", help="With another seed, compose another piece.")
]
