"""`antiphon compose`: continue a MIDI file, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compose(
    file: Annotated[Path, typer.Argument(metavar="FILE.mid", help="What was played so far.")],
    out: Annotated[Path, typer.Option(metavar="OUT.mid", help="Where the result goes.")],
    seconds: Annotated[float, typer.Option(min=0.1, help="How much to add.")] = 30.0,
    instrument: Annotated[
        str | None, typer.Option(metavar="FILE", help="What the partner plays with.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Add the same notes again.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings in place of your own file.")
    ] = None,
) -> None:
    """Continue a MIDI file as the partner would."""
    from antiphon.settings import Option, load

    options = {}
    if instrument is not None:
        options["instrument.path"] = Option(instrument, "--instrument")
    if seed is not None:
        options["partner.seed"] = Option(seed, "--seed")
    settings = load(config, options=options).settings

    from antiphon.compose import compose as continue_file

    continue_file(file, out, seconds, settings)
