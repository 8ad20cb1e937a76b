"""The group of commands: the commands of other packages, shared options, failures.

Training and export add their commands through the entry points of `GROUP`, so that
nothing here imports them. The entry points are looked up for the help, and for a name
that is not known here. Their modules import heavy packages inside the functions; if such
a package is missing, the command says how to install it.
"""

from __future__ import annotations

import functools
import re
from importlib import metadata
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from antiphon.cli import failures
from antiphon.cli.interrupts import none_lost, told_to_end
from antiphon.cli.verbosity import Verbosity
from antiphon.errors import AntiphonError
from antiphon.resources import INSTALL_TRAINING

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "antiphon.commands"
_SHARED = re.compile(r"-v+|-q|--verbose|--quiet")


class Commands(TyperGroup):
    """The commands known here and those of the entry points."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, with -v and -q taken before a command's name or after it."""
        end = args.index("--") if "--" in args else len(args)
        shared = [arg for arg in args[:end] if _SHARED.fullmatch(arg)]
        rest = [arg for arg in args[:end] if not _SHARED.fullmatch(arg)]
        ctx.obj = Verbosity.of(shared)
        return super().parse_args(ctx, shared + rest + args[end:])

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        here = super().list_commands(ctx)
        return here + sorted({entry.name for entry in _entries()} - set(here))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, loaded from its entry point where it is not known here."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            return command
        for entry in _entries():
            if entry.name == cmd_name:
                return _command(cmd_name, _load(entry))
        return None

    def invoke(self, ctx: Any) -> Any:
        """Run a command; if it fails, end with a sentence and an exit code."""
        ctx.obj.set_up()
        try:
            with none_lost(), told_to_end():
                result = super().invoke(ctx)
            failures.flush()
        except failures.OWN:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort
            raise typer.Exit(failures.report(error, ctx.obj)) from None
        finally:
            failures.flush_messages()
        return result


def _entries() -> metadata.EntryPoints:
    """Return the commands that other packages add."""
    return metadata.entry_points(group=GROUP)


def _load(entry: metadata.EntryPoint) -> Callable[..., Any]:
    """Return an entry point's function, or one that says why it cannot run."""
    try:
        function: Callable[..., Any] = entry.load()
    except (ModuleNotFoundError, AttributeError) as error:
        missing = _missing(entry.name, error)

        def explain(_ctx: typer.Context) -> None:
            raise missing

        explain.__doc__ = "(needs .venv/bin/pip install -e '.[train]')"
        return explain

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("antiphon"):
                raise
            raise _missing(entry.name, error) from error

    return guarded


def _command(name: str, function: Callable[..., Any]) -> Any:
    """Return a function as a command of its own."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    forgiving = {"ignore_unknown_options": True, "allow_extra_args": True}
    unknown = function.__name__ == "explain"  # it takes any options, and only explains
    alone.command(name, context_settings=forgiving if unknown else None)(function)
    return typer.main.get_command(alone)


def _missing(name: str, error: Exception) -> AntiphonError:
    """Return the error of a command whose packages are not installed."""
    package = f" (there is no {error.name})" if isinstance(error, ImportError) else ""
    return AntiphonError(
        f"`antiphon {name}` needs the packages of training{package}: {INSTALL_TRAINING}."
    )
