"""Choose and open FluidSynth's audio driver and device.

On Linux the sound servers are tried first, because a server that runs keeps the sound
cards to itself; then ALSA's default device, then each sound card that can play.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from antiphon.errors import SynthError
from antiphon.midi.quiet import quiet_stderr
from antiphon.synth import cards
from antiphon.synth.engine import load_library

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from antiphon.synth.engine import Engine

PERIOD_FRAMES = 128
PERIODS = 4
"""Four periods of 128 frames: 10.7 ms from message to sound, where the driver obeys."""

LINUX_DRIVERS = ("pipewire", "pulseaudio", "jack", "alsa")
MAC_DRIVERS = ("coreaudio", "jack")
NAMED_DEVICE_DRIVERS = {"darwin": ("coreaudio",), "linux": ("pulseaudio", "alsa")}
"""The drivers of each system that find a device by its name."""

_PLACES = {
    "pipewire": "through PipeWire",
    "pulseaudio": "through PulseAudio",
    "jack": "through JACK",
    "coreaudio": "through CoreAudio",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One device to try.

    Attributes
    ----------
    driver : str
        FluidSynth's name of the audio driver.
    device : str or None
        The driver's name of the device; None leaves the choice to the driver.
    card : Output or None
        The sound card, where it is known.
    """

    driver: str
    device: str | None = None
    card: cards.Output | None = None


@dataclass(frozen=True, slots=True)
class Audio:
    """An audio device that is open.

    Attributes
    ----------
    attempt : Attempt
        How it was opened, so that it can be opened again.
    place : str
        Where the sound goes, as the end of a sentence: "on the sound card USB Audio Device".
    handle : object
        FluidSynth's driver; it plays until it is deleted with its synthesizer.
    """

    attempt: Attempt
    place: str
    handle: object


def open_audio(engine: Engine, driver: str, device: str) -> Audio:
    """Connect a synthesizer to the first audio device that opens.

    Parameters
    ----------
    engine : Engine
        The synthesizer.
    driver : str
        FluidSynth's name of an audio driver, or "auto".
    device : str
        The driver's name of a device, or a sound card's name or a part of it, or "auto".

    Raises
    ------
    SynthError
        No device opens, or the named one does not. FluidSynth prints nothing.
    """
    there = cards.outputs()
    tried = attempts(driver, device, there)
    if device != "auto" and driver != "auto" and not takes_device(engine, driver):
        raise SynthError(
            f"The audio driver {driver!r} cannot choose a device; leave synth.device at auto."
        )
    for attempt in tried:
        handle = start(engine, attempt)
        if handle:
            return Audio(attempt, _place(attempt, there), handle)
    raise SynthError(_refusal(driver, device, tried, there))


def attempts(driver: str, device: str, there: Sequence[cards.Output]) -> list[Attempt]:
    """Return the devices to try, in this order; see `open_audio`."""
    system = MAC_DRIVERS if sys.platform == "darwin" else LINUX_DRIVERS
    if device == "auto":
        drivers = system if driver == "auto" else (driver,)
        return [attempt for name in drivers for attempt in _own_choice(name, there)]
    if driver in ("auto", "alsa"):
        card = cards.find_card(device, there)
        if card:
            return _on_cards(card)
    known = NAMED_DEVICE_DRIVERS.get(sys.platform, system)
    return [Attempt(name, device) for name in (known if driver == "auto" else (driver,))]


def start(engine: Engine, attempt: Attempt) -> object | None:
    """Open one device; return FluidSynth's driver, or None where it does not answer."""
    fluidsynth: Any = load_library()
    engine.setting("audio.period-size", PERIOD_FRAMES)
    engine.setting("audio.periods", PERIODS)
    engine.setting("audio.jack.autoconnect", 1)
    engine.setting("audio.jack.id", "Antiphon")
    engine.setting("audio.driver", attempt.driver)
    if attempt.device is not None:
        engine.setting(f"audio.{attempt.driver}.device", attempt.device)
    with quiet_stderr(), _no_jack_server_started():
        # Not Synth.start: that opens MIDI ports of FluidSynth's own as well.
        return fluidsynth.new_fluid_audio_driver(engine.settings, engine.synth) or None


def stop(engine: Engine) -> None:
    """Close the audio device; the synthesizer stays as it is."""
    handle, engine.audio_driver = engine.audio_driver, None
    if handle is not None:
        fluidsynth: Any = load_library()
        fluidsynth.delete_fluid_audio_driver(handle)


def takes_device(engine: Engine, driver: str) -> bool:
    """Return whether a driver can choose a device by its name."""
    return engine.get_setting(f"audio.{driver}.device") is not None


def _own_choice(driver: str, there: Sequence[cards.Output]) -> list[Attempt]:
    if driver != "alsa":
        return [Attempt(driver)]
    return [Attempt("alsa", "default"), *_on_cards(there)]


def _on_cards(outputs: Sequence[cards.Output]) -> list[Attempt]:
    return [Attempt("alsa", pcm, output) for output in outputs for pcm in output.pcm_names]


def _place(attempt: Attempt, there: Sequence[cards.Output]) -> str:
    if attempt.driver == "alsa":
        output = attempt.card or cards.playing_card(there)
        if output is not None:
            return f"on the sound card {cards.named([output])}"
    if attempt.device is not None:
        return f"on the audio device {attempt.device} ({attempt.driver})"
    return _PLACES.get(attempt.driver, f"through the audio driver {attempt.driver}")


def _refusal(
    driver: str, device: str, tried: Sequence[Attempt], there: Sequence[cards.Output]
) -> str:
    if device != "auto":
        listed = f"these sound cards play here: {cards.named(there)}" if there else ""
        return (
            f"The audio device {device!r} does not answer; "
            f"{listed or 'no sound card plays here'}. Name another, or leave synth.device at auto."
        )
    if driver != "auto":
        system = MAC_DRIVERS if sys.platform == "darwin" else LINUX_DRIVERS
        return (
            f"The audio driver {driver!r} finds no device here; "
            f"choose another ({', '.join(system)}) or leave it at auto."
        )
    names = ", ".join(dict.fromkeys(attempt.driver for attempt in tried))
    on = f"; sound cards: {cards.named(there)}" if there else ""
    return (
        f"No audio device answers (tried {names}{on}), so nothing sounds here; "
        "connect one, or listen through the MIDI port."
    )


@contextmanager
def _no_jack_server_started() -> Iterator[None]:
    """Keep libjack from starting a server where none runs, which takes 6 s and fails."""
    name = "JACK_NO_START_SERVER"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
