"""The steps of an order, with all that each depends on."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon.compose.writers import open_writer
from antiphon.errors import AntiphonError, UsageError
from antiphon.file_names import readable
from antiphon_export.learning import doing
from antiphon_export.learning.steps import Step
from antiphon_training.corpora.folder import list_files
from antiphon_training.recipe import find_recipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from antiphon.cli.verbosity import Verbosity
    from antiphon.sections import Settings
    from antiphon_export.learning.order import LearnOrder


def steps_of(order: LearnOrder, settings: Settings, verbosity: Verbosity) -> list[Step]:
    """Return the steps of an order.

    Raises
    ------
    AntiphonError
        There is no such corpus or recipe, or no form of the piece can be written.
    """
    recipe = read_recipe(find_recipe(order.recipe), order.quick, order.composers or None)
    listed = [_listed(named) for named in order.corpora]
    pieces = writable(order.pieces, str(settings.synth.soundfont), verbosity.say)
    training = {
        "recipe": recipe.as_dict(),
        "hours": order.hours,
        "corpora": [str(Path(named).resolve()) for named in order.corpora],
    }
    instrument = {
        "name": order.instrument_name, "licence": order.licence, "memory": order.memory
    }  # fmt: skip
    asked = {
        "seconds": order.seconds,
        "notes": order.notes,
        "temperature": order.temperature,
        "seed": order.seed,
        "soundfont": str(settings.synth.soundfont),
        "files": [readable(str(path.absolute())) for path in pieces],
    }
    do = functools.partial
    return [
        Step("corpus", "the corpus", {"files": listed, **training}, (order.report,),
             do(doing.look, order, recipe, verbosity)),
        Step("train", f"training by the recipe {order.recipe}", training,
             (order.run / "training.json",), do(doing.fit, order, verbosity)),
        Step("export", f"making the instrument {order.instrument.name}", instrument,
             (order.instrument,), do(doing.export, order, verbosity)),
        Step("evaluate", "measuring it beside the n-gram", {}, (order.evaluation,),
             do(doing.evaluate, order, verbosity)),
        Step("compose", "composing a piece", asked, pieces,
             do(doing.compose, order, settings, pieces, verbosity)),
    ]  # fmt: skip


def writable(
    paths: tuple[Path, ...], soundfont: str, say: Callable[[str], None]
) -> tuple[Path, ...]:
    """Return the files that can be written here, and say what the others lack.

    Raises
    ------
    UsageError
        There is no such folder, or nothing can be written there.
    AntiphonError
        What is missing here leaves no form.
    """
    found: list[Path] = []
    lacking: dict[str, tuple[AntiphonError, list[str]]] = {}
    for path in paths:
        try:
            open_writer(path, soundfont)
        except UsageError:
            raise
        except AntiphonError as error:
            reason = str(error).replace(path.name, "")  # one sentence for all that lack the same
            lacking.setdefault(reason, (error, []))[1].append(path.name)
        else:
            found.append(path)
    for first, names in lacking.values():
        left = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} left out"
        say(f"{left}. {first}")
    if not found:
        raise next(first for first, _ in lacking.values())
    return tuple(found)


def _listed(named: str) -> list[Any]:
    """Return names, sizes and times of the files of a corpus: what tells that it has changed."""
    listing = list_files(named)
    stats = [(file, (listing.folder / file.partition("#")[0]).stat()) for file in listing.files]
    return [[readable(file), stat.st_size, stat.st_mtime_ns] for file, stat in stats]
