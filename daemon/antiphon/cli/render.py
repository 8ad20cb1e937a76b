"""`antiphon render`: a MIDI file or a session as sound or sheet music, as it is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from antiphon.cli.options import ConfigFile, ScoreTitle, SoundFontFile


def render(
    context: typer.Context,
    out: Annotated[
        list[Path],
        typer.Option(
            metavar="FILE",
            help="The file to write: .wav, .mp3, .ogg, .musicxml, .pdf or .png; repeatable.",
        ),
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.mid]", help="A MIDI file or a session.")
    ] = None,
    last: Annotated[
        bool, typer.Option("--last", help="The last session in the folder of sessions.")
    ] = False,
    start: Annotated[
        float, typer.Option("--from", min=0.0, metavar="SECONDS", help="Where to begin.")
    ] = 0.0,
    end: Annotated[
        float | None, typer.Option("--to", min=0.0, metavar="SECONDS", help="Where to end.")
    ] = None,
    title: ScoreTitle = None,
    chords: Annotated[
        bool,
        typer.Option(
            "--chords",
            help="Print chord symbols over the staves of a score: those of the file, or else "
            "those of its notes.",
        ),
    ] = False,
    soundfont: SoundFontFile = None,
    config: ConfigFile = None,
) -> None:
    """Turn a MIDI file or a session into sound or sheet music.

    Scores (MusicXML, and PDF or PNG where MuseScore or LilyPond is installed)
    need .venv/bin/pip install -e '.[train]'; .mp3 and .ogg need pip install soundfile.
    """
    from antiphon.errors import UsageError
    from antiphon.sections import Settings
    from antiphon.settings import Option, load

    if (file is None) != last:
        raise UsageError("Name one thing to render: FILE.mid, or --last for the last session.")
    options = {} if soundfont is None else {"synth.soundfont": Option(soundfont, "--soundfont")}
    settings = load(Settings, config, options=options).settings

    from antiphon.compose import Order, last_session
    from antiphon.compose import render as render_file

    order = Order(
        file=last_session(settings.recorder.folder) if file is None else file,
        out=tuple(out),
        start=start,
        end=math.inf if end is None else end,
        title=title,
        chords=chords,
    )
    if file is None:
        context.obj.say(f"The last session is {order.file}.")
    render_file(order, settings, say=context.obj.say)
