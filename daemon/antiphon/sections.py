"""All that can be set: the sections of every room, and that of a jam itself.

A new section is a line of `Settings`. This module lies below the rooms that are
given `Settings`, so the section of the jam stands here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from antiphon.instrument.settings import InstrumentSection
from antiphon.midi.settings import MidiSection
from antiphon.partner.sections import PartnerSections
from antiphon.recorder.settings import RecorderSection
from antiphon.settings import FIXED, PathOrWord, Section, default_file
from antiphon.synth.settings import SynthSection

_HEADING = """\
The settings of a jam, as shipped: every setting there is, with its default.

To change some, write only those into your own file (`antiphon config --path` says \
where it belongs), set variables such as ANTIPHON_PARTNER__PAUSE=0.8, or use the \
options of `antiphon jam`; later ones win. `antiphon config` shows what holds and \
where it came from.

Times are seconds, pitches MIDI note numbers (60 is middle C), channels and programs \
are counted from 1."""


class JamSection(Section, frozen=True, kw_only=True):
    """Who plays the player's part, for how long, and what is shown."""

    NAME = "jam"

    player: Annotated[
        PathOrWord,
        Meta(
            description='Who plays the player\'s part: "auto" is the keyboard, or a bundled '
            'performance where there is none; "none" is only ever a keyboard; else a MIDI file.',
            extra=FIXED,
        ),
    ] = "auto"
    duration: Annotated[
        float,
        Meta(
            ge=0.0,
            description="How long a jam lasts before it ends by itself; 0 is until it is stopped.",
            extra=FIXED,
        ),
    ] = 0.0
    display: Annotated[
        Literal["auto", "roll", "lines", "none"],
        Meta(
            description='What the terminal shows: "roll" (a rolling piano roll), "lines", "none", '
            'or "auto".',
            extra=FIXED,
        ),
    ] = "auto"


class Settings(PartnerSections, frozen=True, kw_only=True):
    """Every setting, a section each; those of the partner's come first."""

    midi: MidiSection = MidiSection()
    synth: SynthSection = SynthSection()
    recorder: RecorderSection = RecorderSection()
    instrument: InstrumentSection = InstrumentSection()
    jam: JamSection = JamSection()


def shipped_text() -> str:
    """Return the text of config/jam.toml, which `antiphon config --default` prints."""
    return default_file(Settings, _HEADING)
