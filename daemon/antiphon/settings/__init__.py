"""Settings: how a room declares them, where they are read from, how they change."""

from antiphon.settings.kinds import (
    FIXED,
    INTERNAL,
    Channel,
    PathOrWord,
    Pitch,
    Program,
    Temperature,
)
from antiphon.settings.load import SHIPPED, Chosen, Configuration, load
from antiphon.settings.places import data_folder, log_file, state_folder, user_settings_file
from antiphon.settings.section import Key, Section, Sections, keys_of, public_keys, sections_of
from antiphon.settings.sources import Option
from antiphon.settings.written import default_file

__all__ = [
    "FIXED",
    "INTERNAL",
    "SHIPPED",
    "Channel",
    "Chosen",
    "Configuration",
    "Key",
    "Option",
    "PathOrWord",
    "Pitch",
    "Program",
    "Section",
    "Sections",
    "Temperature",
    "data_folder",
    "default_file",
    "keys_of",
    "load",
    "log_file",
    "public_keys",
    "sections_of",
    "state_folder",
    "user_settings_file",
]
