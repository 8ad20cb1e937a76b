"""The options of `antiphon compose` that are not those of other commands, too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PieceFiles = Annotated[
    list[Path],
    typer.Option(
        metavar="FILE",
        help="The file to write: .mid, .wav, .mp3, .ogg, .musicxml, .pdf or .png; repeatable.",
    ),
]

BeginningFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE.mid]", help="What was played so far.")
]

SeedFrom = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|corpus|validation",
        help="Begin with a file, or with a random stretch of the pieces that the instrument "
        "was trained on (corpus) or validated on (validation).",
    ),
]

SeedCorpus = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="Where the corpus of --seed-from is.")
]

SeedRun = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The training run that knows the corpora.")
]

NotesAdded = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="How many notes to add; of an instrument of words, how many words "
        "(each a note or a chord).",
    ),
]

SecondsAdded = Annotated[
    float | None, typer.Option(min=0.1, help="How many seconds to add; 30 by default.")
]

AddedOnly = Annotated[
    bool, typer.Option("--added-only", help="Leave the beginning out of the files.")
]

ChordSymbols = Annotated[
    bool, typer.Option("--chords", help="Print chord symbols over the staves of a score.")
]

ContinuingInstrument = Annotated[
    str | None, typer.Option(metavar="FILE", help="The instrument that continues it.")
]

Seed = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="With the same seed, add the same notes.")
]
