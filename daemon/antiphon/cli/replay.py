"""`antiphon replay`: play a recorded session once more, and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def replay(
    session: Annotated[
        Path, typer.Argument(metavar="SESSION", help="The session's .mid, or its log (.jsonl).")
    ],
    instrument: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The instrument, where it lies elsewhere now."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play a recorded session again, and compare the notes."""
    from antiphon.replay import replay as step_again

    outcome = step_again(session, instrument)
    same = outcome.difference is None
    if as_json:
        typer.echo(
            json.dumps({"notes": outcome.notes, "same": same, "difference": outcome.difference})
        )
    elif outcome.difference is None:
        typer.echo(f"{outcome.notes} notes, the same bit for bit.")
    else:
        time, then, now = outcome.difference
        typer.echo(
            f"After {outcome.notes} notes, at {time:.3f} s of the session's clock, "
            f"{json.dumps(then)} has become {json.dumps(now)}."
        )
    if not same:
        raise typer.Exit(1)
