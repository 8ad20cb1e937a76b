"""The cue: what a line is fitted to, as it was heard. Times are seconds of the session's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antiphon.partner.line.critic import Critic
from antiphon.partner.line.manner import Manner
from antiphon.partner.line.rules import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """What was heard before a line begins, besides the notes that the instrument reads.

    Attributes
    ----------
    since : float
        When the player's last phrase began: it tells their tempo and loudness.
    rules : tuple of Rule
        What the notes of this line keep to, besides those of every line.
    gap : float
        The longest gap of the phrase, in seconds: the line may have such gaps too.
    critic : Critic or None
        Chooses among several lines; None where nothing was heard to go by.
    manner : Manner or None
        The phrase's.
    themes : int64 array
        The runs of intervals of its top line: see `antiphon.partner.line.critic.themes`.
    """

    since: float = -math.inf
    rules: tuple[Rule, ...] = ()
    gap: float = 0.0
    critic: Critic | None = None
    manner: Manner | None = None
    themes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
