"""The similarity of two keys: `harmony.keys` estimates keys, mir_eval compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon_training.harmony.keys import estimate_key

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

NO_KEY = "X"
"""mir_eval's name for music without a key."""


def estimated_key(notes: NoteArray) -> str:
    """Return a key such as "F# minor"; `NO_KEY` where nothing sounds."""
    key = estimate_key(notes)
    return NO_KEY if key is None else key.name


def key_agreement(reference: str, estimate: str) -> float:
    """Return MIREX's weighted score of a key, 0 to 1.

    1 for the same key, 0.5 for one a fifth above, 0.3 for the relative, 0.2 for the
    parallel one.
    """
    from mir_eval.key import weighted_score

    return float(weighted_score(reference, estimate))
