"""The musical mind: it hears, waits, and answers. No I/O, no clock, no sleep."""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred
from antiphon.partner.settings import MODES, PartnerSettings

if TYPE_CHECKING:
    from antiphon.partner.action import Action, Play, Silence
    from antiphon.partner.constraints import Constraint, Moment
    from antiphon.partner.partner import Partner
    from antiphon.partner.predictor import NextNote, Prediction
    from antiphon.partner.window import Window

__all__ = [
    "MODES",
    "Action",
    "Constraint",
    "Moment",
    "NextNote",
    "Partner",
    "PartnerSettings",
    "Play",
    "Prediction",
    "Silence",
    "Window",
]

# Only the settings are loaded at once; all else needs numpy.
__getattr__ = deferred(
    __name__,
    {
        "action": ("Action", "Play", "Silence"),
        "constraints": ("Constraint", "Moment"),
        "partner": ("Partner",),
        "predictor": ("NextNote", "Prediction"),
        "window": ("Window",),
    },
)
