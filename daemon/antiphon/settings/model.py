"""Every setting, its range and its default, one struct a section.

Times are seconds, pitches MIDI note numbers; channels and programs are counted
from 1, as people do, and a property gives the number that goes on the wire. A
text setting knows up to three words besides a name or a path: "auto" lets
Antiphon choose, "none" switches off, "house" is what comes with Antiphon.
`config/jam.toml` holds the same defaults with a comment for each.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Channel = Annotated[int, Meta(ge=1, le=16)]
Program = Annotated[int, Meta(ge=1, le=128)]
Pitch = Annotated[int, Meta(ge=0, le=127)]
Temperature = Annotated[float, Meta(ge=0.01, le=10.0)]
# A path, or one of the words above. `is_path` lets a file's reader take it
# relative to the file's own folder.
PathOrWord = Annotated[str, Meta(extra={"path": True})]
WORDS = ("auto", "none", "house")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group of settings that belong together; a table of the TOML file."""


class MidiSection(Section, frozen=True, kw_only=True):
    """Where notes come from and go to."""

    api: Literal["auto", "alsa", "jack", "core", "winmm"] = "auto"
    input: str = "auto"
    output: str = "none"
    thru: bool = False
    hear_channel: Literal["all"] | Channel = "all"
    channel: Channel = 1

    @property
    def wire_channel(self) -> int:
        """The channel that the partner plays on, 0 to 15."""
        return self.channel - 1

    @property
    def wire_hear_channel(self) -> int | None:
        """The channel that the player is heard on, 0 to 15; None for all."""
        return None if self.hear_channel == "all" else self.hear_channel - 1


class PartnerSection(Section, frozen=True, kw_only=True):
    """How the partner listens and answers.

    Each key but the seed is one of `antiphon.partner.PartnerSettings`, whose
    defaults and ranges these are; what only a developer changes stays there.
    """

    mode: Literal["respond", "listen"] = "respond"
    pause: Annotated[float, Meta(ge=0.05, le=60.0)] = 0.6
    pause_gaps: Annotated[float, Meta(ge=0.0, le=20.0)] = 2.0
    longest_pause: Annotated[float, Meta(ge=0.05, le=120.0)] = 6.0
    held_pause: Annotated[float, Meta(ge=0.05, le=120.0)] = 2.5
    shortest: Annotated[float, Meta(ge=0.1, le=300.0)] = 1.5
    longest: Annotated[float, Meta(ge=0.1, le=600.0)] = 20.0
    voices: Annotated[int, Meta(ge=1, le=128)] = 24
    notes_per_second: Annotated[int, Meta(ge=1, le=500)] = 40
    temperature_pitch: Temperature = 1.0
    temperature_step: Temperature = 1.0
    temperature_duration: Temperature = 1.0
    temperature_velocity: Temperature = 1.0
    min_p: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.02
    low: Pitch = 21
    high: Pitch = 108
    window_notes: Annotated[int, Meta(ge=1, le=4096)] = 64
    window_seconds: Annotated[float, Meta(ge=1.0, le=3600.0)] = 30.0
    seed: Literal["auto"] | Annotated[int, Meta(ge=0)] = "auto"


class SynthSection(Section, frozen=True, kw_only=True):
    """The synthesizer inside: FluidSynth with a SoundFont."""

    enabled: Literal["auto", "on", "off"] = "auto"
    soundfont: PathOrWord = "auto"
    driver: str = "auto"
    gain: Annotated[float, Meta(ge=0.0, le=10.0)] = 0.6
    player: bool = True
    player_program: Program = 1
    partner_program: Program = 1
    render: Literal["auto", "on", "off"] = "auto"

    @property
    def wire_player_program(self) -> int:
        """The player's program number, 0 to 127."""
        return self.player_program - 1

    @property
    def wire_partner_program(self) -> int:
        """The partner's program number, 0 to 127."""
        return self.partner_program - 1


class RecorderSection(Section, frozen=True, kw_only=True):
    """What is kept of a session."""

    enabled: bool = True
    sessions: PathOrWord = "auto"


class InstrumentSection(Section, frozen=True, kw_only=True):
    """What the partner plays with."""

    path: PathOrWord = "house"


class JamSection(Section, frozen=True, kw_only=True):
    """One evening: who plays, for how long, and what is shown."""

    player: PathOrWord = "auto"
    duration: Annotated[float, Meta(ge=0.0)] = 0.0
    display: Literal["auto", "roll", "lines", "none"] = "auto"


class Settings(Section, frozen=True, kw_only=True):
    """All sections."""

    midi: MidiSection = MidiSection()
    partner: PartnerSection = PartnerSection()
    synth: SynthSection = SynthSection()
    recorder: RecorderSection = RecorderSection()
    instrument: InstrumentSection = InstrumentSection()
    jam: JamSection = JamSection()


# Pairs of one section's keys of which the first must not exceed the second.
ORDERED = (
    ("partner", "low", "high"),
    ("partner", "shortest", "longest"),
    ("partner", "pause", "longest_pause"),
)


def kinds() -> dict[str, dict[str, Any]]:
    """Return the type of every setting, by section and key."""
    return {
        section.name: {key.name: key.type for key in msgspec.structs.fields(section.type)}
        for section in msgspec.structs.fields(Settings)
    }
