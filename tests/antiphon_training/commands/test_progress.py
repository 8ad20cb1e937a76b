"""What is shown of a training, on a terminal and elsewhere."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from antiphon_training.commands.progress import TrainingProgress, duration_in_words
from antiphon_training.kinds.setup import Plan

PLAN = Plan(epochs=3, steps_a_part=4, notes_a_step=100, patience=3)
LOSSES = {"loss": 9.0, "pitch_loss": 3.0, "step_loss": 2.0, "duration_loss": 2.5,
          "velocity_loss": 1.5}  # fmt: skip
FIELDS = ("pitch", "step", "duration", "velocity")


def shown(terminal: bool, quiet: bool = False, plan: Plan = PLAN) -> str:
    """Return what an epoch of four steps writes, one second each."""
    out = io.StringIO()
    screen = Console(file=out, force_terminal=terminal, width=200, color_system=None)
    now = iter(range(100))
    progress = TrainingProgress(FIELDS, quiet, screen, clock=lambda: float(next(now)))
    with progress:
        progress.begins(plan, 1, 0.5)
        progress.epoch_begins(2)
        for _ in range(4):
            progress.batch_ends(LOSSES)
        progress.epoch_ends(2, {**LOSSES, "val_loss": 8.5})
    assert (progress.epoch, progress.done) == (2, 2)
    return out.getvalue()


def test_without_a_terminal_it_is_a_line_an_epoch() -> None:
    first, line = shown(terminal=False).splitlines()
    assert first == "resuming after epoch 1 of 3"
    assert line.startswith(
        "epoch 2/3: 9.000 nats (pitch 3.00, step 2.00, duration 2.50, velocity 1.50)"
        " · validation 8.500 · "
    )
    assert line.endswith(" to go")


def test_a_run_that_is_given_hours_ends_with_them() -> None:
    long = replace(PLAN, epochs=9000)
    assert shown(terminal=False, plan=long).endswith(" 3 h 20 min to go\n")
    # Half an hour was spent before it was resumed; the steps took the other seconds.
    line = shown(terminal=False, plan=replace(long, hours=0.6))
    assert line.endswith(" 6 min to go\n")
    assert shown(terminal=False, plan=replace(PLAN, hours=9.0)) == shown(terminal=False)


def test_an_epoch_of_several_parts_is_one_epoch() -> None:
    plan = Plan(epochs=3, steps_a_part=4, notes_a_step=100, patience=3, parts=5)
    assert (plan.place(1), plan.place(7)) == ("epoch 1/3, part 1/5", "epoch 2/3, part 2/5")
    assert plan.place(15, " of ") == "epoch 3 of 3, part 5 of 5"
    assert (plan.all_parts, plan.epochs_in(10), plan.epochs_in(7)) == (15, 2, 1.4)
    assert PLAN.place(2) == "epoch 2/3"


def test_on_a_terminal_a_bar_moves_and_the_line_stays() -> None:
    text = shown(terminal=True)
    assert "epoch 2/3" in text
    assert "validation 8.500" in text


def test_quiet_is_quiet() -> None:
    assert shown(terminal=False, quiet=True) == ""
    assert shown(terminal=True, quiet=True) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, "0 s"), (89.0, "89 s"), (90.0, "2 min"), (3599.0, "1 h 00 min"), (7500.0, "2 h 05 min")],
)
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words
