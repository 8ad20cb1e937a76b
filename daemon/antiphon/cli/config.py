"""`antiphon config`: each setting, its value, and where it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from antiphon.sections import Settings
    from antiphon.settings import Configuration


def config(
    file: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings in place of your own file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    path: Annotated[
        bool, typer.Option("--path", help="Print only the path of your own file.")
    ] = False,
    default: Annotated[
        bool, typer.Option("--default", help="Print a settings file with every default explained.")
    ] = False,
) -> None:
    """Show every setting and where it came from."""
    from antiphon.sections import Settings, shipped_text
    from antiphon.settings import load, user_settings_file

    if path:
        typer.echo(file or user_settings_file())
        return
    if default:
        typer.echo(shipped_text(), nl=False)
        return
    configuration = load(Settings, file)
    if as_json:
        typer.echo(json.dumps(_sections(configuration), indent=2, ensure_ascii=False))
    else:
        _print_table(configuration)


def _sections(configuration: Configuration[Settings]) -> dict[str, dict[str, Any]]:
    """Return the settings as JSON values, by section and key."""
    sections: dict[str, dict[str, Any]] = {}
    for choice in configuration.chosen:
        entry = {"value": choice.value, "origin": choice.origin}
        sections.setdefault(choice.section, {})[choice.key] = entry
    return sections


def _print_table(configuration: Configuration[Settings]) -> None:
    """Print the settings as a table, in bold those that are not as shipped."""
    from rich.console import Console
    from rich.table import Table

    from antiphon.settings import SHIPPED

    table = Table(box=None, pad_edge=False)
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    for choice in configuration.chosen:
        value = str(choice.value).lower() if isinstance(choice.value, bool) else str(choice.value)
        style = None if choice.origin == SHIPPED else "bold"
        table.add_row(choice.name, value, choice.origin, style=style)
    # A pipe has no width, so no line is folded.
    console = Console(highlight=False)
    console.print(table, width=None if console.is_terminal else 240)
