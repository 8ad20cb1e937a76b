"""Judge by a port's name what is behind it: keys, controls, a loopback or a program.

Many keyboards have a second port for a DAW, on which buttons, faders and a transport
arrive as notes. No MIDI system tells which port that is. Names do: they contain a word
such as DAW or MCU, or a number that makes the port the device's second.
"""

from __future__ import annotations

import re
from typing import Literal

PortKind = Literal["keys", "controls", "loopback", "program"]

ALSA_NUMBERS = re.compile(r" (\d+):\d+$")
"""Client and port at the end of ALSA's names; they change with every plug."""

BRIDGED_CLIENT = re.compile(r" \[(\d+)\]")
"""The same client in the names of a2jmidid, which shows ALSA's ports to JACK."""

WINDOWS_INDEX = re.compile(r" \d+$")
"""What RtMidi adds to each name on Windows: the port's place in the list."""

_LOOPBACK = re.compile(r"Midi Through|Virtual Raw MIDI|VirMIDI|IAC |loopMIDI|[Ll]oopback|^System:")
# JACK numbers a second client of a name: "a2j-01".
_JACK_HARDWARE = re.compile(r"^(system|a2j|alsa_midi|Midi-Bridge|bluez_midi)(-\d+)?[:.]")

_FIRST_SOFTWARE_CLIENT = 128
"""ALSA numbers the clients of sound cards below this, programs from here on."""


def _words(*words: str) -> re.Pattern[str]:
    """Return a pattern for whole words, whatever the case; a number may follow."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)})(?![a-z])", re.I)


_FOR_A_DAW = _words(
    "DAW",  # Launchkey, KeyLab, Komplete Kontrol, Roland's "DAW CTRL"
    "MCU",  # Minilab 3 and KeyLab Essential: "MCU/HUI"
    "HUI",
    "Mackie",  # Oxygen Pro, Hammer 88 Pro: "Mackie/HUI"
    "Transport",
    "InControl",  # Novation, before "DAW"
    "Automap",
    "HyperControl",  # M-Audio
    "ALV",  # Arturia's own programs
    r"SLIDER/KNOB",  # Korg
)
_SURFACE = _words("nanoKONTROL", "FaderPort", "X-Touch", r"MIDI ?Mix", r"APC ?(?:mini|20|40)")
_CONTROL = _words("CTRL", "Control")
_LAST_WORD = re.compile(r"(?<![a-z0-9])(Remote|Editor|Mixer)$", re.I)  # not "ReMOTE 25 SL"
_KEYS = _words("Keyboard", "Keys", "KBD", "Piano")  # Korg: "KEYBOARD/CTRL"

_LATER_PORT = re.compile(r"(?<![a-z])(?:MIDI|Port)(?: (?:In|Out))?[ -]?([2-9]|1\d)$", re.I)
_LATER_ON_WINDOWS = re.compile(r"^MIDIIN\d+ \(")
_INTERFACE = re.compile(
    r"\d+ ?[x\u00d7] ?\d+|\d+i\d+o|interface|MIDI ?sport|\bUM-?\d|\bmio\w*\b|iConnect|Fastlane"
    r"|MIDI ?mate|MIDI ?face|micro ?lite|MIDI ?express|\bMTP\b|\bU\dMIDI",
    re.I,
)
"""Boxes with several MIDI sockets: there may be a keyboard at each."""

_BRIDGE = re.compile(r"^(?:a2j|alsa_midi|Midi-Bridge)(?:-\d+)?:")
_BRIDGED_DIRECTION = re.compile(r" ?\((?:capture|playback)(?:_\d+)?\)")


def port_kind(name: str, api: str) -> PortKind:
    """Return what is behind a port.

    Parameters
    ----------
    name : str
        As the MIDI system gives it.
    api : {"alsa", "jack", "core", "winmm"}
        The system that gave it; each has its own way to tell hardware from programs.
    """
    if _LOOPBACK.search(name):
        return "loopback"
    if not _is_hardware(name, api):
        return "program"
    return "controls" if _has_controls(name, api) else "keys"


def _is_hardware(name: str, api: str) -> bool:
    if api == "alsa":
        numbers = ALSA_NUMBERS.search(name)
        return numbers is not None and int(numbers[1]) < _FIRST_SOFTWARE_CLIENT
    if api == "jack":
        # a2jmidid shows every ALSA client, programs too, with its number.
        bridged = BRIDGED_CLIENT.search(name)
        software = bridged is not None and int(bridged[1]) >= _FIRST_SOFTWARE_CLIENT
        return _JACK_HARDWARE.search(name) is not None and not software
    return True  # CoreMIDI and Windows do not say


def _has_controls(name: str, api: str) -> bool:
    device, port = _device_and_port(name, api)
    if _FOR_A_DAW.search(f"{device} {port}") or _SURFACE.search(f"{device} {port}"):
        return True
    if _LAST_WORD.search(port) or (_CONTROL.search(port) and not _KEYS.search(port)):
        return True
    later = _LATER_PORT.search(port) or _LATER_ON_WINDOWS.search(port)
    return later is not None and not _INTERFACE.search(f"{device} {port}")


def _device_and_port(name: str, api: str) -> tuple[str, str]:
    """Return the device's name, where it stands apart, and what the port's adds to it."""
    if api == "winmm":
        return "", WINDOWS_INDEX.sub("", name)
    name = BRIDGED_CLIENT.sub("", _BRIDGE.sub("", ALSA_NUMBERS.sub("", name)))
    device, _, port = _BRIDGED_DIRECTION.sub("", name).rpartition(":")
    return device.strip(), port.strip().removeprefix(device.strip()).strip()
