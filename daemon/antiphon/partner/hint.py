"""A hint for players whom the partner cannot answer, since nothing ever pauses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.partner.ensemble import Ensemble

WITHOUT_PAUSE = 45.0
"""Seconds of playing without a pause after which the player is told."""


class NeverPausing:
    """Tells the player once why no answer comes: a looper or an arpeggiator goes on and on."""

    def __init__(self) -> None:
        self._told = False

    def look(self, now: float, ensemble: Ensemble, *, waits: bool) -> str:
        """Return the sentence when it is time for it, and else nothing.

        `waits` tells whether the mode waits for a pause at all.
        """
        start = ensemble.listening.phrase.start
        if self._told or not waits or not now - WITHOUT_PAUSE >= start > -math.inf:
            return ""
        self._told = True
        pause = ensemble.listening.phrase.pause
        return (
            f"I have heard no pause of {pause:.1f} s for {WITHOUT_PAUSE:.0f} s, so I do not "
            "answer. If a looper or an arpeggiator plays along, name your own channel "
            "(midi.hear_channel) or keyboard (midi.input)."
        )
