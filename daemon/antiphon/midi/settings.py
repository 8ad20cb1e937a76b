"""What can be set about ports and channels."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from antiphon.settings import FIXED, Channel, Section


class MidiSection(Section, frozen=True, kw_only=True):
    """Where notes come from and go to."""

    NAME = "midi"

    api: Annotated[
        Literal["auto", "alsa", "jack", "core", "winmm"],
        Meta(
            description='The MIDI system: "auto" (the first that works), "alsa" or "jack" on '
            'Linux, "core" on a Mac, "winmm" on Windows.',
            extra=FIXED,
        ),
    ] = "auto"
    input: Annotated[
        str,
        Meta(
            description='The keyboard to listen to besides the port Antiphon In: "auto" connects '
            "whichever is plugged in, but not the ports that it has for a DAW's transport and "
            'faders; "all" connects every port; "none" leaves it to you; else a port\'s name '
            "as `antiphon ports` gives it, or a part of it.",
            extra=FIXED,
        ),
    ] = "auto"
    output: Annotated[
        str,
        Meta(
            description='A port to play to besides the port Antiphon Out: "none", or a port\'s '
            "name as `antiphon ports` gives it, or a part of it.",
            extra=FIXED,
        ),
    ] = "none"
    own_ports: Annotated[
        bool,
        Meta(
            description="Whether to open the ports Antiphon In and Antiphon Out for other "
            "programs. Where the MIDI system refuses, as on Windows, a jam does without.",
            extra=FIXED,
        ),
    ] = True
    thru: Annotated[
        bool,
        Meta(
            description="Whether what the player plays goes on to the output at once. Leave it "
            "off where the keyboard sounds by itself, or every note sounds twice.",
            extra=FIXED,
        ),
    ] = False
    hear_channel: Annotated[
        Literal["all"] | Channel,
        Meta(description='The channel that the player is heard on, or "all".', extra=FIXED),
    ] = "all"
    channel: Annotated[
        Channel, Meta(description="The channel that the partner plays on.", extra=FIXED)
    ] = 1

    @property
    def wire_channel(self) -> int:
        """The channel that the partner plays on, 0 to 15."""
        return self.channel - 1

    @property
    def wire_hear_channel(self) -> int | None:
        """The channel that the player is heard on, 0 to 15; None for all."""
        return None if self.hear_channel == "all" else self.hear_channel - 1

    @property
    def written_channel(self) -> int:
        """The partner's channel in files, 0 to 15.

        It is that of the port, but never the first, which is the player's: in a
        file each has a sound of their own.
        """
        return self.wire_channel or 1
