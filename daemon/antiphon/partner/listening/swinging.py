"""How the player swings, by the pulse that was heard. Times are seconds.

Of fast swing the pulse often tells two beats as one, or two thirds of a beat as a half, for
these make an even grid. So the beats of a swing may be shorter than those of the pulse. A
phrase without eighths tells no swing; then that of the phrase before goes on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon.music.swing import FEWEST, Swing, tells

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.pulse import Pulse

OTHERS = ((1 / 2, 0.0), (3 / 4, 0.0), (3 / 4, 1 / 4), (3 / 4, 1 / 2))
"""Other beats that are tried: their lengths, and when one falls, in beats of the pulse."""
FEWEST_OTHERS = FEWEST + 2
"""So many offbeats must tell that."""


ALIKE = 0.1
"""The beat may change by this share from one phrase to the next."""


def swing_of(pulse: Pulse, beats: Beats | None, before: Swing | None = None) -> Swing | None:
    """Return the swing of a phrase on some beats; None where it is straight or tells nothing.

    `before` is the swing of the phrase before, if there was any.
    """
    if beats is None:
        return None
    moments = pulse.moments
    swing = _told(moments, beats)
    if swing is not None or before is None or tells(moments, beats.period, beats.anchor):
        return swing
    for length in (1.0, 1 / 2):
        if abs(length * beats.period / before.period - 1.0) < ALIKE:
            return replace(before, period=length * beats.period, anchor=beats.anchor)
    return None


def _told(moments: NDArray[np.float64], beats: Beats) -> Swing | None:
    """Return the swing that moments tell, on some beats or on others that fit them as well."""
    swing = Swing.told(moments, beats.period, beats.anchor)
    if swing is not None or beats.given:
        return swing
    for length, begins in OTHERS:
        period, anchor = length * beats.period, beats.anchor + begins * beats.period
        swing = Swing.told(moments, period, anchor, FEWEST_OTHERS)
        if swing is not None:
            return swing
    return None
