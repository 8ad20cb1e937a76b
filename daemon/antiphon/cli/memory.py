"""`antiphon memory`: show, clear and merge the files that keep what was played."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from antiphon.wording import how_many

if TYPE_CHECKING:
    from antiphon.recorder.memory_file import KeptMemory

memory = typer.Typer(
    help="Show, clear or merge what is remembered between sessions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_FILE = typer.Argument(metavar="[FILE]", help="The file; by default the setting memory.file.")


@memory.command()
def show(
    file: Annotated[Path | None, _FILE] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show how much a file remembers, and of which instrument."""
    from antiphon.recorder.memory_file import read_memory

    path = file or _file_of_settings()
    about = _about(path, read_memory(path))
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    typer.echo(
        f"{about['file']}: {how_many(about['notes'], 'note')} ({about['player']} of yours, "
        f"{about['partner']} of the partner's) in {how_many(about['phrases'], 'phrase')}, "
        f"played with {about['instrument']}"
    )


@memory.command()
def clear(file: Annotated[Path | None, _FILE] = None) -> None:
    """Delete a file, so that nothing of it is remembered."""
    from antiphon.recorder.memory_file import clear_memory

    path = file or _file_of_settings()
    if file is None and not path.exists():
        return  # nothing is remembered
    clear_memory(path)


@memory.command()
def merge(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="The files, the oldest first.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; by default the setting memory.file."),
    ] = None,
) -> None:
    """Put several memories of one instrument into one file."""
    from antiphon.recorder.memory_file import merged, read_memory, write_memory

    path = into or _file_of_settings()
    write_memory(path, merged([read_memory(file) for file in files]))


def _file_of_settings() -> Path:
    """Return the file that the settings name.

    Raises
    ------
    UsageError
        They name none.
    """
    from antiphon.errors import UsageError
    from antiphon.sections import Settings
    from antiphon.settings import load

    path = load(Settings).settings.memory.path
    if path is None:
        raise UsageError("The setting memory.file names no file; name one.")
    return path


def _about(path: Path, kept: KeptMemory) -> dict[str, Any]:
    """Return what a file holds, as JSON values."""
    own = int(kept.notes.own.sum())
    return {
        "file": str(path),
        "instrument": kept.instrument,
        "identity": kept.identity,
        "notes": len(kept.notes),
        "player": len(kept.notes) - own,
        "partner": own,
        "phrases": int(kept.notes.begins.sum()),
    }
