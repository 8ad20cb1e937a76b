"""How loud to play where a codec does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray

VELOCITY = 80
"""The velocity of an answer before any note was played."""


def typical_velocity(notes: NoteArray, default: int = VELOCITY) -> int:
    """Return the median velocity of what was played, 1 to 127."""
    return int(np.clip(np.median(notes["velocity"]), 1, 127)) if len(notes) else default
