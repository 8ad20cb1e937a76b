"""The sections `[listening]` and `[groove]`: what counts as playing, and how its time is kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from antiphon.music.swing import MOST_RATIO, PAIRS
from antiphon.settings import Section


class ListeningSettings(Section, frozen=True, kw_only=True):
    """What counts as the player's playing."""

    NAME = "listening"

    # Guitar and wind converters, and keys that are brushed, send velocities of 2 or
    # 3 for 8 or 9 ms. The softest that pianists play on purpose is about 10, and a
    # staccato of 30 ms is louder.
    ghost_velocity: Annotated[
        int,
        Meta(
            ge=0,
            le=127,
            description="A note as soft as this or softer, and as short as ghost_seconds, was not "
            "meant: it is neither answered nor does it end an answer. 0 takes every note as meant.",
        ),
    ] = 6
    ghost_seconds: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="How short such a note is. A soft note that lasts longer counts, as "
            "soon as it has lasted so long.",
        ),
    ] = 0.025
    # Two cables and two layers differ by a few milliseconds, a contact bounces
    # within three; the fastest repetition of a key takes about 65.
    same_within: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.2,
            description="Strokes of one pitch that are closer than this are one stroke, heard "
            "twice: over two channels, two cables, or a contact that bounces.",
        ),
    ] = 0.02
    drone_after: Annotated[
        float,
        Meta(
            ge=0.1,
            le=3600.0,
            description="A key that is held for longer than this is a drone: the answer comes as "
            "soon as the melody over it pauses.",
        ),
    ] = 6.0
    pedal: Annotated[
        str,
        Meta(
            description='What the sustain pedal does to an answer when it is pressed: "stop" ends '
            'the answer, "finish" plays only the notes that sound already to their ends, "ignore" '
            "does nothing. If no key follows, the answer is given again. Unless ignored, a pedal "
            "that is down also says that the phrase goes on. Other pedals do nothing.",
            extra={"choices": ("stop", "finish", "ignore")},
        ),
    ] = "stop"
    clock: Annotated[
        str,
        Meta(
            description='What is done with a MIDI clock: "follow" takes its beat for the '
            'player\'s, "ignore" goes by what the player plays alone.',
            extra={"choices": ("follow", "ignore")},
        ),
    ] = "follow"


class GrooveSettings(Section, frozen=True, kw_only=True):
    """How closely the partner keeps to the player's beat."""

    NAME = "groove"

    strength: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="How closely the partner keeps to the places in the beat where the "
            "player's notes fall: 1 as closely as they do themselves, 0 not at all. Where the "
            "player keeps no beat, nothing is done.",
        ),
    ] = 1.0
    swing: Annotated[
        str,
        Meta(
            description='What an instrument of words takes for swung: "auto" decides by what the '
            'player plays, "eighths" and "sixteenths" look for these alone, "off" takes all as '
            "it is played.",
            extra={"choices": ("auto", "off", *PAIRS)},
        ),
    ] = "auto"
    swing_ratio: Annotated[
        float,
        Meta(
            ge=1.0,
            le=MOST_RATIO,
            description="How much longer the first of two swung notes is than the second. 1 "
            'leaves it to the player; any more holds for "eighths" and "sixteenths", whatever '
            "the player plays.",
        ),
    ] = 1.0
    # The player's notes are heard late, and the partner's sound late, by what ports and
    # synthesizer take; neither can be asked for it.
    early: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.2,
            description="The notes of an answer leave so much before they are to sound: as long "
            "as the ports delay what the player plays, and ports and synthesizer what the "
            "partner plays, all together.",
        ),
    ] = 0.0
