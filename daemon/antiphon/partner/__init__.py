"""The musical mind: it hears, waits, and answers. No I/O, no clock, no sleep."""

from typing import TYPE_CHECKING

from antiphon.deferred import deferred

if TYPE_CHECKING:
    from antiphon.partner.inputs import Change, Forget, Input, Panic, Stop
    from antiphon.partner.line.predictor import NextNote, Prediction
    from antiphon.partner.line.rules import Moment, Rule, Slate
    from antiphon.partner.modes import MODES
    from antiphon.partner.outputs import Cancel, End, Output, Play, Report, Silence
    from antiphon.partner.partner import Partner
    from antiphon.partner.sections import PartnerSections
    from antiphon.partner.settings import PartnerSettings

__all__ = [
    "MODES",
    "Cancel",
    "Change",
    "End",
    "Forget",
    "Input",
    "Moment",
    "NextNote",
    "Output",
    "Panic",
    "Partner",
    "PartnerSections",
    "PartnerSettings",
    "Play",
    "Prediction",
    "Report",
    "Rule",
    "Silence",
    "Slate",
    "Stop",
]

# Settings are read before numpy is loaded, and the command line before both.
__getattr__ = deferred(
    __name__,
    {
        "inputs": ("Change", "Forget", "Input", "Panic", "Stop"),
        "line.predictor": ("NextNote", "Prediction"),
        "line.rules": ("Moment", "Rule", "Slate"),
        "modes": ("MODES",),
        "outputs": ("Cancel", "End", "Output", "Play", "Report", "Silence"),
        "partner": ("Partner",),
        "sections": ("PartnerSections",),
        "settings": ("PartnerSettings",),
    },
)
