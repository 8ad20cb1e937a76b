"""How the player swings, by the pulse that was heard. Times are seconds.

Of fast swing the pulse often tells two beats as one, or two thirds of a beat as a half, for
these make an even grid. So the beats of a swing may be shorter than those of the pulse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from antiphon.music.swing import FEWEST, Swing

if TYPE_CHECKING:
    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.pulse import Pulse

OTHERS = ((1 / 2, 0.0), (3 / 4, 0.0), (3 / 4, 1 / 4), (3 / 4, 1 / 2))
"""Other beats that are tried: their lengths, and when one falls, in beats of the pulse."""
FEWEST_OTHERS = FEWEST + 2
"""So many offbeats must tell that."""


def swing_of(pulse: Pulse, beats: Beats | None) -> Swing | None:
    """Return the swing of a phrase on some beats; None where it is straight or tells nothing."""
    if beats is None:
        return None
    moments = pulse.moments
    swing = Swing.told(moments, beats.period, beats.anchor)
    if swing is not None or beats.given:
        return swing
    for length, begins in OTHERS:
        period, anchor = length * beats.period, beats.anchor + begins * beats.period
        swing = Swing.told(moments, period, anchor, FEWEST_OTHERS)
        if swing is not None:
            return swing
    return None
