"""The cue: what a line is fitted to, as it was heard. Times are seconds of the session's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    """

    since: float = -math.inf
    rules: tuple[Rule, ...] = ()
