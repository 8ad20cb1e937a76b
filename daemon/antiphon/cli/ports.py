"""`antiphon ports`: the MIDI ports of this machine."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Annotated

import typer


def ports(
    api: Annotated[
        str | None,
        typer.Option(metavar="auto|alsa|jack|core|winmm", help="Which MIDI system to ask."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the MIDI ports of this machine."""
    from antiphon.sections import Settings
    from antiphon.settings import Option, load

    options = {} if api is None else {"midi.api": Option(api, "--api")}
    settings = load(Settings, options=options).settings.midi

    from antiphon.midi.ports import MidiSystem

    with closing(MidiSystem(settings.api)) as system:
        listed = {"inputs": system.inputs(), "outputs": system.outputs()}
    if as_json:
        typer.echo(json.dumps({"api": system.api, **listed}, indent=2, ensure_ascii=False))
        return
    for heading, names in listed.items():
        typer.echo(f"{heading}:")
        for name in names or ["(none)"]:
            typer.echo(f"  {name}")
