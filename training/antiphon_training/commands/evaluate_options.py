"""The options of `antiphon evaluate`, in their order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

InstrumentFile = Annotated[
    Path,
    typer.Argument(metavar="FILE.onnx", help='The instrument; "house" is the shipped one.'),
]

MeasuredCorpus = Annotated[
    str,
    typer.Argument(metavar="CORPUS", help="A folder of music; music21:NAME is music21's own."),
]

HeldoutList = Annotated[
    Path | None,
    typer.Option(metavar="LIST", help="Files, one path a line; by default the held-out ones."),
]

RunOfInstrument = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Its training run, which names the pieces that it did not learn from.",
    ),
]

TracksRead = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Tracks to read; by default as the card says."),
]

ComposersRead = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only pieces of this composer; by default as the card says."),
]

Continuations = Annotated[
    bool,
    typer.Option("--continuations", help="Let it continue each piece, and compare with the piece."),
]

GivenSeconds = Annotated[
    float, typer.Option(min=1.0, help="Seconds of each piece that it reads, to continue it.")
]

ContinuedSeconds = Annotated[
    float, typer.Option(min=1.0, help="Seconds for which it continues each piece.")
]

Phrases = Annotated[
    int,
    typer.Option(min=0, metavar="NUMBER", help="Let it answer so many plain phrases of each kind."),
]

Pauses = Annotated[
    bool,
    typer.Option("--pauses", help="Play each piece through, and count how often it breaks in."),
]

WithMemory = Annotated[
    bool,
    typer.Option("--memory", help="Measure whole pieces and second halves with its memory."),
]

FirstNotes = Annotated[
    int | None,
    typer.Option(min=100, metavar="NUMBER", help="With --memory, read only so many notes."),
]

Takes = Annotated[
    int,
    typer.Option(min=1, help="How often it continues each piece and answers each phrase."),
]

PlayedBy = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="A setting to play by; repeatable."),
]

BaselineCorpora = Annotated[
    list[str] | None,
    typer.Option(metavar="FOLDER", help="Teach an n-gram this corpus, and compare with it."),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]

Threads = Annotated[int, typer.Option(min=1, help="Processor cores to use.")]
