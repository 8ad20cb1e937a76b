"""What one line keeps to, made from the player's phrase and the settings of its form."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from antiphon.partner.line.cue import Cue
from antiphon.partner.line.landing import Landing
from antiphon.partner.line.manner import manner_of
from antiphon.partner.line.near import Density, Loudness, Register

if TYPE_CHECKING:
    from antiphon.music.note import NoteArray
    from antiphon.partner.line.manner import Manner
    from antiphon.partner.line.rules import Rule
    from antiphon.partner.line.settings import FormSettings

SPARSE = 0.5
"""A line that is led away has so many of the phrase's notes."""

OCTAVE = 12.0
HIGH = 72.0
"""A phrase whose mean pitch lies above this, c'', is answered an octave lower, where it is
led away."""

SOFTER, LOUDER = 0.65, 1.5
SOFT = 56.0
"""A phrase whose mean velocity is below this is answered louder, where it is led away."""


def form_cue(
    settings: FormSettings,
    manner: Manner | None,
    since: float = -math.inf,
    beat: float | None = None,
) -> Cue:
    """Return what a line is fitted to that answers a phrase of this manner.

    Parameters
    ----------
    settings : FormSettings
        What the line keeps to, and whether it ends like a phrase.
    manner : Manner or None
        The phrase's; without one the line is free.
    since : float
        When the phrase began.
    beat : float or None
        How long a beat is, in seconds; None where no pulse is known.
    """
    if manner is None:
        return Cue(since)
    rules: list[Rule] = []
    if settings.density != "free" and not math.isnan(manner.rate):
        rules.append(Density(manner, SPARSE if settings.density == "away" else 1.0))
    if settings.register != "free":
        octave = -OCTAVE if manner.pitch > HIGH else OCTAVE
        rules.append(Register(manner, octave if settings.register == "away" else 0.0))
    if settings.loudness != "free":
        factor = LOUDER if manner.velocity < SOFT else SOFTER
        rules.append(Loudness(manner, factor if settings.loudness == "away" else 1.0))
    if settings.endings:
        rules.append(Landing(manner, beat))
    return Cue(since, tuple(rules), manner.gap)


def cue_of(settings: FormSettings, notes: NoteArray) -> Cue:
    """Return what a continuation of notes is fitted to; `notes` are sorted by onset."""
    return form_cue(settings, manner_of(notes, notes))
