"""Run an order: check it, do its steps, and say where the results are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.errors import UsageError
from antiphon.sections import Settings
from antiphon.settings import Option, load
from antiphon_export.learning.display import shown
from antiphon_export.learning.plan import steps_of
from antiphon_export.learning.steps import do_steps
from antiphon_training.fitting import run_folder
from antiphon_training.notation.engraving import pages_at

if TYPE_CHECKING:
    from antiphon.cli.verbosity import Verbosity
    from antiphon_export.learning.order import LearnOrder


def learn_from(order: LearnOrder, verbosity: Verbosity) -> None:
    """Do what is left of an order.

    Raises
    ------
    AntiphonError
        Something of the order makes no sense, or a step failed; the steps before it
        are kept.
    """
    if order.notes is not None and order.seconds is not None:
        raise UsageError("--notes and --seconds both say how much to compose; give one of them.")
    if order.hours is not None and order.hours <= 0.0:
        raise UsageError("--hours must be more than 0; 0.1 are six minutes.")
    if Path(order.instrument_name).name != order.instrument_name:
        raise UsageError(f"--name {order.instrument_name}: a name has no / in it.")
    run_folder.make(order.out)
    settings = _settings(order)
    steps = steps_of(order, settings, verbosity)
    with shown([step.title for step in steps], verbosity) as display:
        do_steps(steps, order.kept, display)
    written = ", ".join(str(page) for path in order.pieces for page in pages_at(path))
    verbosity.say(
        f"The piece: {written}. The instrument: {order.instrument}; "
        f"`antiphon jam --instrument {order.instrument}` plays with it."
    )


def _settings(order: LearnOrder) -> Settings:
    given = {
        "instrument.path": (str(order.instrument), "--out"),
        "synth.soundfont": (order.soundfont, "--soundfont"),
        "partner.seed": (order.seed, "--seed"),
    }
    options = {
        key: Option(value, name) for key, (value, name) in given.items() if value is not None
    }
    return load(Settings, order.config, options=options).settings
