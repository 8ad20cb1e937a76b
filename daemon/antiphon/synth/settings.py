"""The settings of the synthesizer."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from antiphon.settings import FIXED, PathOrWord, Program, Section
from antiphon.synth.headroom import DEFAULT_GAIN


class SynthSection(Section, frozen=True, kw_only=True):
    """The synthesizer inside: FluidSynth with a SoundFont."""

    NAME = "synth"

    enabled: Annotated[
        Literal["auto", "on", "off"],
        Meta(
            description='The synthesizer inside: "auto" uses it where libfluidsynth and a '
            'SoundFont are installed; "on", "off".',
            extra=FIXED,
        ),
    ] = "auto"
    soundfont: Annotated[
        PathOrWord,
        Meta(
            description='The SoundFont: "auto" looks in the usual places; anything else is a .sf2 '
            "or .sf3 file.",
            extra=FIXED,
        ),
    ] = "auto"
    driver: Annotated[
        str,
        Meta(
            description='The audio driver: "auto", or one that FluidSynth knows, such as "alsa", '
            '"jack", "pulseaudio".',
            extra=FIXED,
        ),
    ] = "auto"
    device: Annotated[
        str,
        Meta(
            description='The audio device: "auto" tries the system\'s default and then each sound '
            "card that can play; anything else is a card's name or a part of it, or the driver's "
            "own name of a device.",
            extra=FIXED,
        ),
    ] = "auto"
    gain: Annotated[
        float,
        Meta(
            ge=0.0,
            le=10.0,
            description="How loud the synthesizer is. It lowers itself while many loud notes "
            "would clip.",
            extra=FIXED,
        ),
    ] = DEFAULT_GAIN
    player: Annotated[
        bool,
        Meta(
            description="Whether the synthesizer sounds the player too. Turn it off where the "
            "keyboard sounds by itself.",
            extra=FIXED,
        ),
    ] = True
    player_program: Annotated[
        Program,
        Meta(
            description="The player's sound, a program of General MIDI; 1 is a grand piano.",
            extra=FIXED,
        ),
    ] = 1
    partner_program: Annotated[
        Program,
        Meta(description="The partner's sound, a program of General MIDI.", extra=FIXED),
    ] = 1
    render: Annotated[
        Literal["auto", "on", "off"],
        Meta(
            description="Whether a session is rendered to a WAV file beside its .mid at the end: "
            '"auto" where there is a SoundFont but no audio device, "on", "off".',
            extra=FIXED,
        ),
    ] = "auto"

    @property
    def wire_player_program(self) -> int:
        """The player's program number, 0 to 127."""
        return self.player_program - 1

    @property
    def wire_partner_program(self) -> int:
        """The partner's program number, 0 to 127."""
        return self.partner_program - 1
