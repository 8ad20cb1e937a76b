"""What a jam opens before it can begin: the MIDI system, its ports, the synthesizer."""

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
    """What a jam is wired to.

    Attributes
    ----------
    system : MidiSystem or None
        The MIDI system, where there is one.
    voices : Voices
        Its ports and the synthesizer.
    guard : EchoGuard
        Told of what leaves.
    """

    system: MidiSystem | None
    voices: Voices
    guard: EchoGuard


def open_wiring(
    settings: Settings, say: Callable[[str], None], ending: contextlib.ExitStack
) -> Wiring:
    """Open all of it; `ending` is told how to close each.

    Raises
    ------
    AntiphonError
        What the settings demand is not there.
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
    """Return the MIDI system, or None where there is none and none was asked for.

    Raises
    ------
    NoMidiSystemError
        There is none, and the settings name a port, a system, or nobody but a
        person to play.
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
    """Add the ports out to the voices."""
    if system is None:
        return
    outlets, sentences = open_outlets(system, settings.midi, guard)
    voices.ports += outlets
    for sentence in sentences:
        say(sentence)


def open_synth(voices: Voices, synth: SynthSection, say: Callable[[str], None]) -> None:
    """Add the synthesizer to the voices, where there is one and it is wanted.

    Raises
    ------
    SynthError
        It is demanded and cannot sound.
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
