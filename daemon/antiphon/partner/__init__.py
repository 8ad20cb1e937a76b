"""The musical mind: it hears, waits, and answers. No I/O, no clock, no sleep."""

from antiphon.partner.action import Action, Play, Silence
from antiphon.partner.constraints import Constraint, Moment
from antiphon.partner.partner import Partner
from antiphon.partner.predictor import NextNote, Prediction
from antiphon.partner.settings import MODES, Mode, PartnerSettings
from antiphon.partner.window import Window

__all__ = [
    "MODES",
    "Action",
    "Constraint",
    "Mode",
    "Moment",
    "NextNote",
    "Partner",
    "PartnerSettings",
    "Play",
    "Prediction",
    "Silence",
    "Window",
]
