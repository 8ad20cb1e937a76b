"""Open what a jam needs before it begins: the MIDI system, its ports, the synthesizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from antiphon.errors import NoMidiSystemError, SynthError
from antiphon.jam.voices import Voices
from antiphon.midi.echo import EchoGuard
from antiphon.midi.ports import MidiSystem
from antiphon.midi.wiring import open_outlets

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable

    from antiphon.sections import Settings
    from antiphon.synth import FluidSynthOutlet
    from antiphon.synth.settings import SynthSection


@dataclass(frozen=True, slots=True)
class Wiring:
    """The MIDI system and the outlets of a jam.

    Attributes
    ----------
    system : MidiSystem or None
        The MIDI system, where there is one.
    voices : Voices
        Its output ports and the synthesizer.
    guard : EchoGuard
        Recognises echoes of what leaves through the ports.
    """

    system: MidiSystem | None
    voices: Voices
    guard: EchoGuard


def open_wiring(
    settings: Settings, say: Callable[[str], None], ending: contextlib.ExitStack
) -> Wiring:
    """Open the MIDI system, the ports and the synthesizer; `ending` closes them.

    Raises
    ------
    AntiphonError
        Something that the settings demand is not there.
    """
    system = open_system(settings, say)
    if system is not None:
        ending.callback(system.close)
    voices = Voices()
    ending.callback(voices.close)
    guard = EchoGuard(voices.send_to_ports)
    open_ports(voices, system, guard, settings, say)
    open_synth(voices, settings.synth, say)
    return Wiring(system, voices, guard)


def open_system(settings: Settings, say: Callable[[str], None]) -> MidiSystem | None:
    """Return the MIDI system, or None where there is none and the jam can do without.

    Raises
    ------
    NoMidiSystemError
        There is none, but the settings name a port or a system, or let only a person
        play.
    """
    midi = settings.midi
    try:
        return MidiSystem(midi.api)
    except NoMidiSystemError as error:
        named = midi.input not in ("auto", "none") or midi.output != "none"
        if named or midi.api != "auto" or settings.jam.player == "none":
            raise
        say(str(error))
        return None


def open_ports(
    voices: Voices,
    system: MidiSystem | None,
    guard: EchoGuard,
    settings: Settings,
    say: Callable[[str], None],
) -> None:
    """Open the output ports, and add them to the voices."""
    if system is None:
        return
    outlets, sentences = open_outlets(system, settings.midi, guard)
    voices.ports += outlets
    for sentence in sentences:
        say(sentence)


def open_synth(voices: Voices, synth: SynthSection, say: Callable[[str], None]) -> None:
    """Open the synthesizer where it is installed and wanted, and add it to the voices.

    Raises
    ------
    SynthError
        The settings demand it, but it cannot sound.
    """
    if synth.enabled == "off":
        return
    try:
        sound, name = _make_synth(synth)
    except SynthError as error:
        if synth.enabled == "on":
            raise
        say(str(error))
        return
    voices.synth = sound
    say(f"You hear it through FluidSynth with {name}.")


def _make_synth(synth: SynthSection) -> tuple[FluidSynthOutlet, str]:
    from antiphon.synth import FluidSynthOutlet, find_soundfont

    soundfont = find_soundfont(synth.soundfont)
    outlet = FluidSynthOutlet(soundfont, synth.driver, synth.gain, synth.device)
    return outlet, f"{soundfont.name} {outlet.place}"
