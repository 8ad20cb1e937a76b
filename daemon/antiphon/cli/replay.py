"""`antiphon replay`: play a recorded session once more, and compare."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from antiphon.replay import Outcome


def replay(
    context: typer.Context,
    session: Annotated[
        Path, typer.Argument(metavar="SESSION", help="The session's .mid, or its log (.jsonl).")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.mid", help="Write what was played to a new MIDI file."),
    ] = None,
    instrument: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The instrument, where it lies elsewhere now."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play a recorded session again, and compare the notes."""
    from antiphon.replay import replay as step_again
    from antiphon.replay.writing import check_out, write_replay

    if out is not None:
        check_out(out)
    outcome = step_again(session, instrument)
    typer.echo(_json(outcome) if as_json else _sentence(outcome))
    if out is not None and not write_replay(out, outcome):
        context.obj.say(f"No note sounded, so {out} was not written.")
    if outcome.difference is not None:
        raise typer.Exit(1)


def _json(outcome: Outcome) -> str:
    difference = None if outcome.difference is None else [outcome.difference[0], *_entries(outcome)]
    return json.dumps(
        {
            "notes": outcome.notes,
            "answers": outcome.answers,
            "same": outcome.difference is None,
            "difference": difference,
            "version": outcome.version,
        }
    )


def _sentence(outcome: Outcome) -> str:
    from antiphon import __version__

    counted = f"{_count(outcome.notes, 'note')} in {_count(outcome.answers, 'answer')}"
    if outcome.difference is not None:
        then, now = (json.dumps(entry) for entry in _entries(outcome))
        return (
            f"After {counted}, at {outcome.difference[0]:.3f} s of the session's clock, {then} has "
            f"become {now} (recorded by Antiphon {outcome.version}, replayed by {__version__})."
        )
    if not outcome.steps:
        return "Nothing was played in this session: its log holds no input."
    if not outcome.notes:
        return "The partner played no note in this session, and plays none now."
    return f"{counted}, the same bit for bit."


def _entries(outcome: Outcome) -> list[object]:
    """Return what was different as it stands in a log, then and now."""
    from antiphon.stage.log import entry_of_output

    _, *outputs = outcome.difference or (0.0,)
    return [None if output is None else entry_of_output(output) for output in outputs]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
