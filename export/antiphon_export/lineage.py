"""What a card says of all trainings of an instrument: the last one, and those that it continues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from antiphon_training.corpora.split import name_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from antiphon_training.fitting.checkpoint import RunDetails

NOT_FOR_THE_CARD = ("folder", "valid", "heldout")
NOT_TOLD = "not told"
OF_PARTS = ("parts", "best_part")
"""Keys of `training` that only a resumed run needs."""

SUMMED = ("notes_seen", "wall_hours", "core_hours")
"""Keys of `training` that a card also has as a sum over all trainings (`all_...`)."""


def corpora_of_all(details: RunDetails) -> tuple[dict[str, Any], ...]:
    """Return the corpora of all trainings; one that several have is as in the last.

    Where pieces were split, `not_learned` has the hashes of the names of those for
    validation and of those held out (`antiphon_training.corpora.split.name_hash`).
    """
    described = (*(details.origin or {}).get("corpus", ()), *details.corpora)
    by_name = {
        corpus["name"]: {
            **{k: v for k, v in corpus.items() if k not in NOT_FOR_THE_CARD},
            **_not_learned(corpus),
        }
        for corpus in described
    }
    return tuple(by_name.values())


def _not_learned(corpus: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the key `not_learned` of a corpus as its run describes it; of a card's, nothing."""
    if "heldout" not in corpus:
        return {}
    whole = [] if "learned_share" in corpus else corpus["valid"]
    return {"not_learned": sorted({name_hash(file) for file in (*whole, *corpus["heldout"])})}


def licence_of(corpora: Sequence[Mapping[str, Any]]) -> str:
    """Return the licences of the corpora, and which corpora tell none.

    An instrument is made of its corpora, so nothing else is known of its own licence.
    """
    told = sorted({str(corpus["licence"]) for corpus in corpora if corpus.get("licence")})
    silent = sorted(str(corpus["name"]) for corpus in corpora if not corpus.get("licence"))
    if not told:
        return NOT_TOLD
    return ", ".join([*told, *([f"{NOT_TOLD} of {' and '.join(silent)}"] if silent else [])])


def training_of_all(details: RunDetails, parameters: int) -> dict[str, Any]:
    """Return the progress of the training, and where it continues others, the sums."""
    known = {key: value for key, value in details.training.items() if key not in OF_PARTS}
    told = {**known, "parameters": parameters}
    if details.origin:
        before = details.origin["training"]
        for key in SUMMED:
            earlier = before.get(f"all_{key}", before.get(key, 0))
            told[f"all_{key}"] = earlier + details.training[key]
    return told
