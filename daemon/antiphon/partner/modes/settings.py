"""The sections of the modes that have settings of their own."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from antiphon.settings import Section


class ContinueSettings(Section, frozen=True, kw_only=True):
    """How it plays on in the mode "continue"."""

    NAME = "continue"

    rest: Annotated[
        float,
        Meta(
            ge=0.0,
            le=60.0,
            description="How long it rests between two phrases of its own. Each is as long as the "
            "player's last, within partner.shortest and partner.longest.",
        ),
    ] = 1.0


class EchoSettings(Section, frozen=True, kw_only=True):
    """How it repeats the phrase in the mode "echo"."""

    NAME = "echo"

    transpose: Annotated[
        int,
        Meta(ge=-60, le=60, description="How many semitones higher the echo sounds."),
    ] = 0


class HarmoniseSettings(Section, frozen=True, kw_only=True):
    """What it adds to each note in the mode "harmonise"."""

    NAME = "harmonise"
    ORDERED = (("nearest", "farthest"),)

    notes: Annotated[
        int,
        Meta(ge=1, le=8, description="How many notes are added to each that is struck, at most."),
    ] = 2
    nearest: Annotated[
        int,
        Meta(
            ge=1,
            le=24,
            description="No added note is closer to the struck one than so many semitones.",
        ),
    ] = 3
    farthest: Annotated[
        int,
        Meta(ge=1, le=60, description="No added note is farther away than so many semitones."),
    ] = 16
    loudness: Annotated[
        float,
        Meta(
            ge=0.05,
            le=2.0,
            description="How loud the added notes are, as a share of that of the struck one.",
        ),
    ] = 0.8
