"""`antiphon ports`: list the MIDI ports of this machine."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import Annotated

import typer

_NONE = "  (none)"
_KINDS = {
    "keys": "keys: connected by itself",
    "controls": "controls of a device",
    "loopback": "a loopback",
    "program": "a program",
}
"""What `antiphon ports` says of each kind of input; `midi.input = "auto"` takes the keys."""


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
        inputs, outputs = system.inputs(), system.outputs()
    unicode = "utf" in (sys.stdout.encoding or "utf-8").lower()
    if as_json:
        listed = {
            "api": system.api,
            "inputs": [port.name for port in inputs],
            "outputs": [port.name for port in outputs],
            "keyboards": [port.name for port in inputs if port.kind == "keys"],
        }
        typer.echo(json.dumps(listed, indent=2, ensure_ascii=not unicode))
        return
    named = [f"  {port.name:<48}  {_KINDS[port.kind]}" for port in inputs]
    lines = ["inputs:", *(named or [_NONE])]
    lines += ["outputs:", *([f"  {port.name}" for port in outputs] or [_NONE])]
    text = "\n".join(lines)
    typer.echo(text if unicode else text.encode("ascii", "backslashreplace").decode())
