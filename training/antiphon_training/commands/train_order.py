"""What a training is asked for: the options of `antiphon train`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon_training.distributed.process_options import ProcessOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOrder:
    """What to train on, and how: the options of the command, by their names.

    `processes` None is this process alone, `tracks` None the player's where there are such.
    """

    corpora: Sequence[str]
    out: Path
    recipe: str | None = None
    continue_from: str | None = None
    tracks: Sequence[str] | None = None
    composers: Sequence[str] | None = None
    quick: bool = False
    hours: float | None = None
    processes: ProcessOptions | None = None
    cache: Path | None = None
