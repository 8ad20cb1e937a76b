"""`antiphon jam`: play together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from antiphon.cli.options import ConfigFile, SoundFontFile
from antiphon.partner.modes.table import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from antiphon.settings import Option


def jam(
    context: typer.Context,
    duration: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="End after so many seconds.")
    ] = None,
    player: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|none",
            help="A MIDI file that plays the player's part; none waits for you to play.",
        ),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"How the partner plays along: {', '.join(MODES)}."),
    ] = None,
    input_: Annotated[
        str | None, typer.Option("--input", metavar="PORT", help="The keyboard to listen to.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="PORT", help="A port to play to besides Antiphon Out.")
    ] = None,
    thru: Annotated[
        bool | None,
        typer.Option("--thru/--no-thru", help="Pass your notes on to the output at once."),
    ] = None,
    instrument: Annotated[
        str | None, typer.Option(metavar="FILE", help="The instrument that the partner plays.")
    ] = None,
    soundfont: SoundFontFile = None,
    sessions: Annotated[
        str | None, typer.Option(metavar="DIR", help="The folder that sessions are recorded in.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="With the same seed, answer the same phrase alike."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Play together, live.

    Antiphon listens on the port Antiphon In and answers on Antiphon Out.
    """
    from antiphon.sections import Settings
    from antiphon.settings import load

    given = {
        "jam.duration": (duration, "--duration"),
        "jam.player": (player, "--player"),
        "jam.display": ("none" if context.obj.quiet else None, "--quiet"),
        "partner.mode": (mode, "--mode"),
        "midi.input": (input_, "--input"),
        "midi.output": (output, "--output"),
        "midi.thru": (thru, "--thru"),
        "instrument.path": (instrument, "--instrument"),
        "synth.soundfont": (soundfont, "--soundfont"),
        "recorder.sessions": (sessions, "--sessions"),
        "partner.seed": (seed, "--seed"),
    }
    configuration = load(Settings, config, options=_options(given))

    from antiphon.jam import run

    try:
        raise typer.Exit(run(configuration.settings))
    except KeyboardInterrupt:
        raise typer.Exit(0) from None  # Ctrl-C is how a jam ends


def _options(given: Mapping[str, tuple[object, str]]) -> dict[str, Option]:
    """Return the settings that the command line gives."""
    from antiphon.settings import Option

    return {
        name: Option(value, option) for name, (value, option) in given.items() if value is not None
    }
