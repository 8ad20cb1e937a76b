"""`antiphon bench`: measure the live side on this machine."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def bench(
    instrument: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The instrument; by default the shipped one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure speed, start-up and memory on this machine."""
    from antiphon.sections import Settings
    from antiphon.settings import Option, load

    options = {} if instrument is None else {"instrument.path": Option(instrument, "--instrument")}
    settings = load(Settings, options=options).settings

    from antiphon import bench as benching

    figures = benching.measure(settings)
    if as_json:
        typer.echo(json.dumps(figures.as_dict(), indent=2))
        return
    for name, value in figures.as_dict().items():
        typer.echo(f"{name:20} {value}")
