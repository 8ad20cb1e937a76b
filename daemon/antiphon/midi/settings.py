"""The settings of ports and channels."""

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
            "every keyboard that is plugged in, but not its ports for a DAW's transport and "
            'faders; "all" connects every port; "none" connects none; anything else is a '
            "port's name as `antiphon ports` gives it, or a part of it.",
            extra=FIXED,
        ),
    ] = "auto"
    output: Annotated[
        str,
        Meta(
            description="A port to play to besides the port Antiphon Out: a port's name as "
            '`antiphon ports` gives it, or a part of it; "none" is no other port.',
            extra=FIXED,
        ),
    ] = "none"
    own_ports: Annotated[
        bool,
        Meta(
            description="Whether to open the ports Antiphon In and Antiphon Out for other "
            "programs. Windows does not allow that, and a jam there runs without them.",
            extra=FIXED,
        ),
    ] = True
    thru: Annotated[
        bool,
        Meta(
            description="Whether to pass on what the player plays to the output at once. Leave it "
            "off if the keyboard sounds by itself, or every note sounds twice.",
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

        It is that of the port, but never the first, which is the player's: so each has a
        sound of their own in the file.
        """
        return self.wire_channel or 1
