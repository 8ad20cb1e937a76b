"""The section `[form]`: what an answer keeps of the phrase, and how it is planned."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from antiphon.settings import Section

NEARNESS = ("near", "free", "away")


class FormSettings(Section, frozen=True, kw_only=True):
    """What an answer keeps of the phrase that it answers."""

    NAME = "form"

    density: Annotated[
        str,
        Meta(
            description='How many notes an answer has: "near" as dense as the phrase, "free" as '
            'the instrument likes, "away" half as dense.',
            extra={"choices": NEARNESS},
        ),
    ] = "near"
    register: Annotated[
        str,
        Meta(
            description='How high an answer lies: "near" where the phrase lay, "free" as the '
            'instrument likes, "away" an octave higher, or lower where the phrase is high.',
            extra={"choices": NEARNESS},
        ),
    ] = "near"
    loudness: Annotated[
        str,
        Meta(
            description='How loud an answer is: "near" as loud as the phrase, "free" as the '
            'instrument likes, "away" softer, or louder where the phrase is soft.',
            extra={"choices": NEARNESS},
        ),
    ] = "near"
    articulation: Annotated[
        str,
        Meta(
            description='How long the notes of an answer are: "near" as tied or as short as those '
            'of the phrase, "free" as the instrument likes, "away" half as long, or twice as long '
            "where the phrase is staccato.",
            extra={"choices": NEARNESS},
        ),
    ] = "near"
    key: Annotated[
        str,
        Meta(
            description='The tones of an answer: "near" those of the phrase and its key, "free" as '
            'the instrument likes, "away" those of the key a fifth above. Where no key is heard '
            "in the phrase, nothing is done.",
            extra={"choices": NEARNESS},
        ),
    ] = "near"
    # More cost time and help little: of eight the best is as good as of sixteen nearly always.
    candidates: Annotated[
        int,
        Meta(
            ge=1,
            le=32,
            description="So many answers are planned in the pause, and the best one is played; 1 "
            "plans none and draws note by note. An instrument that reads a window for each note "
            "has always 1.",
        ),
    ] = 8
    endings: Annotated[
        bool,
        Meta(
            description="Whether an answer ends like a phrase: on a long note of the tonic's "
            "triad, where there is a key.",
        ),
    ] = True
