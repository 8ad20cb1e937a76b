"""The section [fit] of the kinds whose networks read a window of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from antiphon_training.recipe_sections import Count, FitSection, Positive, Share, with_new_names

if TYPE_CHECKING:
    from collections.abc import Mapping


class WindowFitSection(FitSection, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Length and learning rate of the training of a network of windows."""

    batch: Count = 64
    epochs: Count = 50
    optimizer: Literal["adam", "adamax", "rmsprop"] = "adam"
    learning_rate: Positive = 0.001
    decay_share: Share = 0.0
    part: Count = 16384
    windows: Count | None = None
    validation_windows: Count = 4096


def gentle(before: Mapping[str, Any]) -> WindowFitSection:
    """Return how to learn a little more: as before, but slowly, and not for long."""
    known = {field.name for field in msgspec.structs.fields(WindowFitSection)}
    kept = {key: value for key, value in with_new_names("fit", before).items() if key in known}
    rate = float(kept.get("learning_rate", 0.001)) / 5.0
    return msgspec.convert(
        {**kept, "epochs": 6, "patience": 3, "learning_rate": rate, "windows": None},
        WindowFitSection,
    )
