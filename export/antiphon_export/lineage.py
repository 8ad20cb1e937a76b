"""What a card says of all trainings of an instrument: the last one, and those that it continues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antiphon_training.fitting.checkpoint import RunDetails

NOT_FOR_THE_CARD = ("folder", "valid", "heldout")
SUMMED = ("notes_seen", "wall_hours", "core_hours")
"""Keys of `training` that a card also has as a sum over all trainings (`all_...`)."""


def corpora_of_all(details: RunDetails) -> tuple[dict[str, Any], ...]:
    """Return the corpora of all trainings; one that several have is as in the last."""
    described = (*(details.origin or {}).get("corpus", ()), *details.corpora)
    by_name = {
        corpus["name"]: {k: v for k, v in corpus.items() if k not in NOT_FOR_THE_CARD}
        for corpus in described
    }
    return tuple(by_name.values())


def training_of_all(details: RunDetails, parameters: int) -> dict[str, Any]:
    """Return the progress of the training, and where it continues others, the sums."""
    told = {**details.training, "parameters": parameters}
    if details.origin:
        before = details.origin["training"]
        for key in SUMMED:
            earlier = before.get(f"all_{key}", before.get(key, 0))
            told[f"all_{key}"] = earlier + details.training[key]
    return told
