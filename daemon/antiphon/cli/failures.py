"""End a failed command with one sentence and an exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from antiphon import __version__
from antiphon.cli.interrupts import Terminated
from antiphon.errors import AntiphonError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

    from antiphon.cli.verbosity import Verbosity

# typer handles these itself: exit, abort, and usage errors, whose base class has no
# public name in every version of typer.
OWN: tuple[type[BaseException], ...] = (
    typer.Exit,
    typer.Abort,
    typer.BadParameter.__mro__[2],
)
PIPE_CLOSED = 1  # as typer and rich do, which may notice the closed pipe first
SIGNAL = 128  # and the signal's number: a shell's exit code of a process that a signal ended
INTERRUPTED = SIGNAL + signal.SIGINT
UNEXPECTED = 1


def report(error: BaseException, verbosity: Verbosity) -> int:
    """Print what went wrong, and return the exit code.

    Parameters
    ----------
    error : BaseException
        The exception that ended the command. An `AntiphonError` prints its sentence, an
        interrupt and a closed pipe print nothing, and any other goes to the log file.
    verbosity : Verbosity
        With -v the traceback is shown too.

    Returns
    -------
    int
        The exit code of the process.
    """
    if isinstance(error, BrokenPipeError):
        _drop(sys.stdout)
        return PIPE_CLOSED
    if isinstance(error, Terminated):
        return SIGNAL + error.number
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if verbosity.verbose:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, AntiphonError):
        typer.echo(f"antiphon: {error}", err=True)
        return error.exit_code
    typer.echo(f"antiphon: {_unexpected(error)}", err=True)
    return UNEXPECTED


def flush() -> None:
    """Flush stdout now, while an error about a closed pipe can still be handled."""
    if sys.stdout is not None:
        sys.stdout.flush()


def flush_messages() -> None:
    """Flush stderr, or discard what is left of it: an unread message is no failure.

    Otherwise the interpreter would flush it at its end, and exit with an error.
    """
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)


def _unexpected(error: BaseException) -> str:
    """Write an unexpected error to the log file, and return a sentence about it."""
    summary = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    kept = _write_log(error)
    where = f"; the details are in {kept}" if kept else "; -v shows the details"
    return f"something unexpected went wrong ({summary}){where}."


def _write_log(error: BaseException) -> Path | None:
    """Append a traceback to the log file; return the file, or None if it cannot be."""
    from antiphon.settings.places import log_file

    path = log_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{now} antiphon {__version__}: {' '.join(sys.argv)}\n")
            log.writelines(traceback.format_exception(error))
        return path
    return None


def _drop(stream: TextIO) -> None:
    """Send what is still buffered to /dev/null, so that the interpreter reports no error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
