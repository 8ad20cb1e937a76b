"""How the player swings, by the pulse that was heard. Times are seconds.

Of fast swing the pulse often tells two beats as one, or two thirds of a beat as a half, for
these make an even grid. So the beats of a swing may be shorter than those of the pulse. A
phrase without eighths tells no swing; then that of the phrase before goes on.

Nothing in the notes tells swung sixteenths from swung eighths of twice the tempo. Where no
clock gives the beat, they are eighths unless those would be very fast.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from antiphon.music.swing import FEWEST, PAIRS, Level, Swing, tells
from antiphon.partner.listening.settings import GrooveSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from antiphon.partner.listening.beats import Beats
    from antiphon.partner.listening.pulse import Pulse

OTHERS = ((1 / 2, 0.0), (3 / 4, 0.0), (3 / 4, 1 / 4), (3 / 4, 1 / 2))
"""Other beats that are tried: their lengths, and when one falls, in beats of the pulse."""
FEWEST_OTHERS = FEWEST + 2
"""So many offbeats must tell that."""
FASTEST = 0.24
"""No beat of swung eighths that is not given is shorter, in seconds: 250 a minute."""

ALIKE = 0.1
"""The beat may change by this share from one phrase to the next."""


def swing_of(
    pulse: Pulse,
    beats: Beats | None,
    asked: GrooveSettings | None = None,
    before: Swing | None = None,
) -> Swing | None:
    """Return the swing of a phrase on some beats; None where it is straight or tells nothing.

    Parameters
    ----------
    pulse : Pulse
        What was heard of the phrase.
    beats : Beats or None
        Its beats, where they are known.
    asked : GrooveSettings, optional
        What may be swung, and how; as shipped by default.
    before : Swing, optional
        That of the phrase before, if there was any.
    """
    asked = asked or GrooveSettings()
    if beats is None or asked.swing == "off":
        return None
    moments = pulse.moments
    swing = told_swing(moments, beats, asked)
    if swing is not None or before is None or tells(moments, _pair(before, beats), beats.anchor):
        return swing
    for length in (1.0, 1 / 2):
        if abs(length * beats.period / before.period - 1.0) < ALIKE:
            return replace(before, period=length * beats.period, anchor=beats.anchor)
    return None


def _pair(swing: Swing, beats: Beats) -> float:
    """Return how long a pair of a swing is on some beats, in seconds."""
    return beats.period * PAIRS[swing.level]


def told_swing(moments: NDArray[np.float64], beats: Beats, asked: GrooveSettings) -> Swing | None:
    """Return the swing of moments on some beats, or on others that fit them as well.

    Parameters
    ----------
    moments : float64 array, shape (moments,)
        When notes begin, ascending, chords once; in the unit of the beats.
    beats : Beats
        Only these are tried where they are given.
    asked : GrooveSettings
        What may be swung, and how.
    """
    if asked.swing == "off":
        return None
    levels: Iterable[Level] = PAIRS
    if asked.swing != "auto":
        level = cast("Level", asked.swing)
        if asked.swing_ratio > 1.0:
            return Swing(asked.swing_ratio, beats.period, beats.anchor, level)
        levels = (level,)
    swing = Swing.told(moments, beats.period, beats.anchor, levels=levels)
    if beats.given or "eighths" not in levels:
        return swing
    if swing is None:
        return _told_on_others(moments, beats)
    if swing.level == "sixteenths" and swing.pair >= FASTEST:
        return replace(swing, level="eighths", period=swing.pair)
    return swing


def _told_on_others(moments: NDArray[np.float64], beats: Beats) -> Swing | None:
    """Return the swing of eighths that moments tell on other beats than those of the pulse."""
    for length, begins in OTHERS:
        period, anchor = length * beats.period, beats.anchor + begins * beats.period
        swing = Swing.told(moments, period, anchor, FEWEST_OTHERS, ("eighths",))
        if swing is not None:
            return swing
    return None
