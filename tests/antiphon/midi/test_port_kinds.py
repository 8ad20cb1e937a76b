from __future__ import annotations

import pytest

from antiphon.midi.port_kinds import port_kind


@pytest.mark.parametrize(
    ("name", "api", "expected"),
    [
        ("Keystation 49:Keystation 49 MIDI 1 20:0", "alsa", "keys"),
        ("Midi Through:Midi Through Port-0 14:0", "alsa", "loopback"),
        ("VirMIDI 1-0:VirMIDI 1-0 28:0", "alsa", "loopback"),
        ("FLUID Synth (99):Synth input port (99:0) 128:0", "alsa", "program"),
        ("system:midi_capture_1", "jack", "keys"),
        ("a2j:Keystation 49 [20] (capture): Keystation 49 MIDI 1", "jack", "keys"),
        ("a2j-01:Keystation 49 [24] (capture): Keystation 49 MIDI 1", "jack", "keys"),
        ("a2j-01:Keystation 49 [24] (capture): Keystation 49 DAW", "jack", "controls"),
        ("a2j:vmpk [130] (capture): out", "jack", "program"),
        ("Midi-Bridge:Midi Through:(capture_0) Midi Through Port-0", "jack", "loopback"),
        ("Midi-Bridge:Keystation 49:(capture_0) Keystation 49 MIDI 1", "jack", "keys"),
        ("ardour:MIDI out", "jack", "program"),
        ("Keystation 49", "core", "keys"),
        ("IAC Driver Bus 1", "core", "loopback"),
        ("loopMIDI Port 1", "winmm", "loopback"),
        ("Keystation 49 MK3 0", "winmm", "keys"),
    ],
)
def test_hardware_is_told_from_programs_and_loopbacks(name: str, api: str, expected: str) -> None:
    assert port_kind(name, api) == expected


# Names that people's systems gave, from public bug reports and projects.
KEYS = [
    "Minilab3:Minilab3 Minilab3 MIDI 20:0",
    "Oxygen Pro 61:Oxygen Pro 61 USB MIDI 24:0",
    "KL Essential 61 mk3:KL Essential 61 mk3 MIDI 28:0",
    "Launchkey Mini MK3:Launchkey Mini MK3 LKMK3 MIDI In 20:0",
    "LK Mini:LK Mini MIDI 1 20:0",
    "APC Key 25 mk2:APC Key 25 mk2 Keys 20:0",
    "microKEY-61:microKEY-61 MIDI 1 20:0",
    "nanoKEY Studio:nanoKEY Studio KEYBOARD/CTRL 20:0",
    "ReMOTE 25 SL:ReMOTE 25 SL MIDI 1 20:0",
    "Digital Piano:Digital Piano MIDI 1 20:0",
    "USB Keyboard Controller:USB Keyboard Controller MIDI 1 20:0",
    "KOMPLETE KONTROL A61:KOMPLETE KONTROL A61 MIDI 1 20:0",
    "FA-06 07 08:FA-06 07 08 MIDI 1 20:0",
]
INTERFACES = [
    "MIDISPORT 2x2:MIDISPORT 2x2 MIDI 2 20:1",
    "UM-2:UM-2 MIDI 2 20:1",
    "USB Midi 4i4o:USB Midi 4i4o MIDI 3 20:2",
    "USB MIDI Interface:USB MIDI Interface MIDI 2 20:1",
]
CONTROLS = [
    "Keystation 49 MK3:Keystation 49 MK3 MIDI 2 20:1",
    "Keystation 88 MK3:Keystation 88 MK3 Transport 20:1",
    "LK Mini:LK Mini MIDI 2 20:1",
    "Launchkey 49:Launchkey 49 Launchkey InControl 20:1",
    "Launchkey Mini MK3:Launchkey Mini MK3 LKMK3 DAW In 20:1",
    "Launchkey MK3 61:Launchkey MK3 61 LKMK3 DAW Out 20:1",
    "KeyLab mkII 61:KeyLab mkII 61 DAW 20:1",
    "KL Essential 61 mk3:KL Essential 61 mk3 MCU/HUI 28:2",
    "Minilab3:Minilab3 Minilab3 MCU/HUI 20:2",
    "Minilab3:Minilab3 Minilab3 ALV 20:3",
    "Oxygen Pro 61:Oxygen Pro 61 Mackie/HUI 24:2",
    "Oxygen Pro 61:Oxygen Pro 61 Editor 24:3",
    "MPK261:MPK261 Remote 20:3",
    "APC Key 25 mk2:APC Key 25 mk2 Control 20:1",
    "FA-06 07 08:FA-06 07 08 DAW CTRL 20:1",
    "FA-06 07 08:FA-06 07 08 CTRL 20:1",
    "Komplete Kontrol DAW:Komplete Kontrol DAW - 1 20:0",
    "SL MkII:SL MkII Automap 20:2",
    "Axiom Pro 49:Axiom Pro 49 HyperControl 20:2",
    "Impact LX49:Impact LX49 MIDI2 20:1",
    "nanoKONTROL2:nanoKONTROL2 _ CTRL 20:0",
]


@pytest.mark.parametrize("name", [*KEYS, *INTERFACES])
def test_keys_are_keys(name: str) -> None:
    assert port_kind(name, "alsa") == "keys"


@pytest.mark.parametrize("name", CONTROLS)
def test_the_ports_for_a_daw_are_controls(name: str) -> None:
    assert port_kind(name, "alsa") == "controls"


@pytest.mark.parametrize("name", [*KEYS, *INTERFACES, *CONTROLS])
def test_other_systems_judge_alike(name: str) -> None:
    expected = port_kind(name, "alsa")
    device, port = name.rsplit(" ", 1)[0].split(":")
    assert port_kind(f"a2j:{device} [20] (capture): {port}", "jack") == expected
    assert port_kind(f"Midi-Bridge:{device}:(capture_0) {port}", "jack") == expected
    assert port_kind(port, "core") == expected
    assert port_kind(f"{port} 3", "winmm") == expected


def test_windows_numbers_the_later_ports_of_a_device() -> None:
    assert port_kind("MIDIIN2 (Keystation 88 MK3) 1", "winmm") == "controls"
    assert port_kind("MIDIIN2 (MIDI4x4) 31", "winmm") == "keys"
