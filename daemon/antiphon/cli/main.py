"""The command `antiphon`: what every command shares, and the list of them.

Data goes to stdout, messages to stderr. A module here imports typer and little
else when it is imported, and what its command needs once the command runs, so
that `antiphon --help` is instant.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from antiphon import __version__
from antiphon.cli.bench import bench
from antiphon.cli.commands import Commands
from antiphon.cli.compose import compose
from antiphon.cli.config import config
from antiphon.cli.info import info
from antiphon.cli.jam import jam
from antiphon.cli.memory import memory
from antiphon.cli.ports import ports
from antiphon.cli.render import render
from antiphon.cli.replay import replay

app = typer.Typer(
    cls=Commands,
    name="antiphon",
    help="A musician's partner beside the keyboard: it listens, and answers live.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help and plain errors: rich would cost 0.1 s before the first word.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# In the order of the help.
for command in (jam, ports, compose, render, replay, info, bench, config):
    app.command()(command)
app.add_typer(memory, name="memory")


def _show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"antiphon {__version__}")
        raise typer.Exit


@app.callback()
def _shared(
    _verbose: Annotated[
        int,
        typer.Option(
            "-v", "--verbose", count=True, show_default=False, help="Say more; -vv says all."
        ),
    ] = 0,
    _quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Say only what goes wrong.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Take the options that every command shares (`Commands` has acted on them)."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold bytes that are not UTF-8; stderr spells them out by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    app()
