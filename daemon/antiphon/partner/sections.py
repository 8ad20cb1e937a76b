"""The sections of the partner's settings."""

from __future__ import annotations

from antiphon.partner.line.settings import FormSettings
from antiphon.partner.listening.settings import GrooveSettings, ListeningSettings
from antiphon.partner.memory.settings import MemorySettings
from antiphon.partner.modes.settings import ContinueSettings, EchoSettings, HarmoniseSettings
from antiphon.partner.settings import PartnerSettings
from antiphon.settings import Sections


class PartnerSections(Sections, frozen=True, kw_only=True, rename={"continue_": "continue"}):
    """The settings of listening, of drawing, of form, and of each mode.

    `rename` gives the section's name where it is a keyword of Python, as `continue` is.
    """

    partner: PartnerSettings = PartnerSettings()
    listening: ListeningSettings = ListeningSettings()
    groove: GrooveSettings = GrooveSettings()
    form: FormSettings = FormSettings()
    memory: MemorySettings = MemorySettings()
    continue_: ContinueSettings = ContinueSettings()
    echo: EchoSettings = EchoSettings()
    harmonise: HarmoniseSettings = HarmoniseSettings()
