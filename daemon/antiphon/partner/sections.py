"""The settings that the partner goes by, a section each."""

from __future__ import annotations

from antiphon.partner.listening.settings import ListeningSettings
from antiphon.partner.modes.settings import ContinueSettings, EchoSettings, HarmoniseSettings
from antiphon.partner.settings import PartnerSettings
from antiphon.settings import Sections


class PartnerSections(Sections, frozen=True, kw_only=True, rename={"continue_": "continue"}):
    """What can be said of listening, drawing, and each way of playing."""

    partner: PartnerSettings = PartnerSettings()
    listening: ListeningSettings = ListeningSettings()
    continue_: ContinueSettings = ContinueSettings()
    echo: EchoSettings = EchoSettings()
    harmonise: HarmoniseSettings = HarmoniseSettings()
