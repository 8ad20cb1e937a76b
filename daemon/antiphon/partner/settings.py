"""The section `[partner]`: how the partner answers, with the reason for each default.

All times are seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from antiphon.music.chords import CHORD_SPAN
from antiphon.partner.modes.table import MODES
from antiphon.settings import FIXED, INTERNAL, Pitch, Section, Temperature

_MODES = "; ".join(f'"{mode}" {entry.does}' for mode, entry in MODES.items())
_FIELDS = ("pitch", "step", "duration", "velocity")


class PartnerSettings(Section, frozen=True, kw_only=True):
    """How the partner listens and answers."""

    NAME = "partner"
    ORDERED = (("low", "high"), ("shortest", "longest"), ("pause", "longest_pause"))
    TOGETHER = {"temperature": tuple(f"temperature_{field}" for field in _FIELDS)}  # noqa: RUF012

    mode: Annotated[
        str,
        Meta(
            description=f"How the partner plays along: {_MODES}.", extra={"choices": tuple(MODES)}
        ),
    ] = "respond"
    # 0.6 s is twice the gap at a beat of 200 a minute.
    pause: Annotated[
        float,
        Meta(
            ge=0.05,
            le=60.0,
            description="How long the player must pause before the answer begins, at least.",
        ),
    ] = 0.6
    pause_gaps: Annotated[
        float,
        Meta(
            ge=0.0,
            le=20.0,
            description="The pause is also at least this many of the median gaps between the "
            "player's own onsets, so that a slow player is not cut short.",
        ),
    ] = 2.0
    # A longer gap is a rest, not a gap: a player of one note in three seconds is
    # still answered.
    longest_pause: Annotated[
        float,
        Meta(ge=0.05, le=120.0, description="The pause need never be longer than this."),
    ] = 6.0
    # Longer than `pause`, for a held note is most often one that goes on.
    held_pause: Annotated[
        float,
        Meta(
            ge=0.05,
            le=120.0,
            description="How long no key must have moved while keys are still held down.",
        ),
    ] = 2.5
    patience: Annotated[
        float,
        Meta(
            ge=1.0,
            le=4.0,
            description="The pauses become so many times longer when the player goes on soon after "
            "an answer has begun, up to three times in a row and up to longest_pause; an answer "
            "that they listen to takes one of these back. 1 learns nothing.",
        ),
    ] = 2.0
    # 40 ms parts the spread of a chord (under 30 ms) from the fastest trill (over 60 ms).
    chord_span: Annotated[
        float,
        Meta(ge=0.0, le=0.2, description="Onsets within this are one chord.", extra=INTERNAL),
    ] = CHORD_SPAN
    shortest: Annotated[
        float,
        Meta(
            ge=0.1,
            le=300.0,
            description="The answer is as long as the phrase was, but no shorter than this.",
        ),
    ] = 1.5
    longest: Annotated[
        float, Meta(ge=0.1, le=600.0, description="The answer is no longer than this.")
    ] = 20.0
    # A little room leaves the place of the entry to the instrument.
    first_note_within: Annotated[
        float,
        Meta(
            ge=0.0,
            le=5.0,
            description="The first note comes this soon after the pause.",
            extra=INTERNAL,
        ),
    ] = 0.15
    # Nor more than a third of the answer, so that the shortest still has a few
    # notes. It must lie within the codec's table of steps, which ends at 10 s.
    longest_gap: Annotated[
        float,
        Meta(
            ge=0.05,
            le=9.0,
            description="No more time passes between two onsets of an answer, unless the phrase "
            "has longer gaps.",
            extra=INTERNAL,
        ),
    ] = 2.0
    longest_note: Annotated[
        float, Meta(ge=0.01, le=60.0, description="Longer notes are cut to this.", extra=INTERNAL)
    ] = 10.0
    # Two hands, and what a pedal keeps; more where the partner would otherwise wait
    # longer than `longest_gap`.
    voices: Annotated[
        int,
        Meta(ge=1, le=128, description="At most so many notes of the partner's sound at once."),
    ] = 24
    # A quarter of them at once. Pianists reach 30 to 40 and chords of ten; a model
    # that stumbles would go on for ever at one instant.
    notes_per_second: Annotated[
        int,
        Meta(
            ge=1,
            le=500,
            description="At most so many notes of the partner's begin within a second.",
        ),
    ] = 40
    temperature_pitch: Annotated[
        Temperature,
        Meta(
            description="How freely pitches are drawn: 1 is as learned, less is more predictable, "
            "more is wilder. An instrument of words has only this temperature.",
        ),
    ] = 1.0
    temperature_step: Annotated[
        Temperature,
        Meta(description="How freely the times from one onset to the next are drawn."),
    ] = 1.0
    temperature_duration: Annotated[
        Temperature, Meta(description="How freely the lengths of notes are drawn.")
    ] = 1.0
    temperature_velocity: Annotated[
        Temperature,
        Meta(
            description="How freely the loudness of notes is drawn. An instrument of triplets "
            "draws no loudness.",
        ),
    ] = 1.0
    # It cuts the tail, where a small network is least to be trusted.
    min_p: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="Whatever is less probable than this share of the most probable choice is "
            "never drawn.",
        ),
    ] = 0.02
    low: Annotated[
        Pitch, Meta(description="The lowest pitch that the partner plays; 21 is a piano's.")
    ] = 21
    high: Annotated[
        Pitch, Meta(description="The highest pitch that the partner plays; 108 is a piano's.")
    ] = 108
    window_notes: Annotated[
        int,
        Meta(
            ge=1,
            le=4096,
            description="How many of the last notes, of both players, the partner remembers; more "
            "if the instrument reads a longer window.",
        ),
    ] = 64
    window_seconds: Annotated[
        float,
        Meta(
            ge=1.0,
            le=3600.0,
            description="For how long the partner remembers a note.",
        ),
    ] = 30.0
    # Long enough for any delay of the machine, short enough that little is drawn in vain.
    horizon: Annotated[
        float,
        Meta(
            ge=0.0,
            le=10.0,
            description="Notes are drawn so far ahead of their onset.",
            extra=INTERNAL,
        ),
    ] = 0.5
    # This hides the time it takes to draw and send the first note; no onset is
    # nearer to now than half of it.
    lead: Annotated[
        float,
        Meta(
            ge=0.0,
            le=1.0,
            description="The first note lies this much after the end of the pause.",
            extra=INTERNAL,
        ),
    ] = 0.02
    # So that the answer need not wait for that: 64 notes at up to 4 ms each.
    read_ahead: Annotated[
        float,
        Meta(
            ge=0.0,
            le=10.0,
            description="The window is read, and the first notes are drawn, this long before the "
            "pause ends.",
            extra=INTERNAL,
        ),
    ] = 0.3
    # The longest that a key may have to wait, a few milliseconds. Once only where
    # the instrument reads a window again each time.
    calls_per_tick: Annotated[
        int,
        Meta(
            ge=1,
            le=1000,
            description="The instrument is called at most so often in one tick.",
            extra=INTERNAL,
        ),
    ] = 4
    ignored_channels: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=15)], ...],
        Meta(
            description="Channels that are no player; 9 is the drums'.",
            extra=INTERNAL,
        ),
    ] = (9,)
    seed: Annotated[
        Literal["auto"] | Annotated[int, Meta(ge=0)],
        Meta(
            description='The seed of the random numbers: "auto" is a new one for each jam; with '
            "a whole number the same phrases get the same answers.",
            extra=FIXED,
        ),
    ] = "auto"

    def temperature(self, field: str) -> float:
        """Return the temperature of one field of a note."""
        return {
            "pitch": self.temperature_pitch,
            "step": self.temperature_step,
            "duration": self.temperature_duration,
            "velocity": self.temperature_velocity,
        }[field]

    def seed_number(self) -> int:
        """Return the seed of the random numbers; "auto" draws a new one each time."""
        import secrets

        return secrets.randbits(31) if self.seed == "auto" else self.seed
