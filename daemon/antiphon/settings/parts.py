"""Settings as the rooms want them: paths that exist, options of a room's own kind."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from antiphon.resources import house_instrument

if TYPE_CHECKING:
    from antiphon.partner import PartnerSettings
    from antiphon.settings.model import InstrumentSection, MidiSection, PartnerSection


def instrument_file(section: InstrumentSection) -> Path:
    """Return the instrument's file; "house" is the one that comes with Antiphon."""
    return house_instrument() if section.path == "house" else Path(section.path).expanduser()


def partner_settings(section: PartnerSection) -> PartnerSettings:
    """Return the partner's settings: the section's keys, and its own defaults for the rest."""
    from antiphon.partner import PartnerSettings

    values = {name: getattr(section, name) for name in section.__struct_fields__ if name != "seed"}
    return PartnerSettings(**values)


def seed_number(section: PartnerSection) -> int:
    """Return the seed of chance; "auto" is another one each time."""
    return secrets.randbits(31) if section.seed == "auto" else section.seed


def written_channel(section: MidiSection) -> int:
    """Return the partner's channel in files, 0 to 15.

    It is that of the port, but never the first, which is the player's: in a
    file each has a sound of their own.
    """
    return section.wire_channel or 1
