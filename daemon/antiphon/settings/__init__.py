"""Settings: typed sections with ranges, and the sources they are read from."""

from antiphon.settings.load import SHIPPED, Chosen, Configuration, load
from antiphon.settings.model import (
    InstrumentSection,
    JamSection,
    MidiSection,
    PartnerSection,
    RecorderSection,
    Settings,
    SynthSection,
)
from antiphon.settings.places import (
    default_sessions_folder,
    log_file,
    sessions_folder,
    state_folder,
    user_settings_file,
)
from antiphon.settings.sources import Option

__all__ = [
    "SHIPPED",
    "Chosen",
    "Configuration",
    "InstrumentSection",
    "JamSection",
    "MidiSection",
    "Option",
    "PartnerSection",
    "RecorderSection",
    "Settings",
    "SynthSection",
    "default_sessions_folder",
    "load",
    "log_file",
    "sessions_folder",
    "state_folder",
    "user_settings_file",
]
