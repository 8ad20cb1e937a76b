"""All settings: the sections of every room, and the section of a jam.

A new section is a line of `Settings`. The section of a jam stands here and not in
`jam/`, because this module may not import the rooms that receive `Settings`.
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
options of `antiphon jam`; later ones win. `antiphon config` shows the value of each \
setting and where it came from.

Times are seconds, pitches MIDI note numbers (60 is middle C), channels and programs \
are counted from 1."""


class JamSection(Section, frozen=True, kw_only=True):
    """Who plays the player's part, for how long, and what is shown."""

    NAME = "jam"

    player: Annotated[
        PathOrWord,
        Meta(
            description='Who plays the player\'s part: "auto" is the keyboard, or a bundled '
            'performance where there is no keyboard; "none" is the keyboard only; anything else '
            "is a MIDI file.",
            extra=FIXED,
        ),
    ] = "auto"
    duration: Annotated[
        float,
        Meta(
            ge=0.0,
            description="A jam ends by itself after this time; with 0 it goes on until you stop "
            "it.",
            extra=FIXED,
        ),
    ] = 0.0
    display: Annotated[
        Literal["auto", "roll", "lines", "none"],
        Meta(
            description='What the terminal shows: "roll" (a rolling piano roll), "lines" (a line '
            'a phrase), "none", or "auto" (the roll where the terminal can show it, else lines).',
            extra=FIXED,
        ),
    ] = "auto"


class Settings(PartnerSections, frozen=True, kw_only=True):
    """All settings, one field a section; the partner's sections come first."""

    midi: MidiSection = MidiSection()
    synth: SynthSection = SynthSection()
    recorder: RecorderSection = RecorderSection()
    instrument: InstrumentSection = InstrumentSection()
    jam: JamSection = JamSection()


def shipped_text() -> str:
    """Return the text of config/jam.toml, which `antiphon config --default` prints."""
    return default_file(Settings, _HEADING)
