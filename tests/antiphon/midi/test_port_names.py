from __future__ import annotations

import pytest

from antiphon.errors import AntiphonError
from antiphon.midi.port_names import find_port, is_keyboard, is_ours, match_port

PORTS = [
    "Keystation 49:Keystation 49 MIDI 1 20:0",
    "Keystation 49:Keystation 49 MIDI 10 20:9",
    "Digital Piano:Digital Piano MIDI 1 24:0",
]


def test_a_port_is_found_by_its_name_with_or_without_numbers_or_a_part_of_it() -> None:
    assert match_port(PORTS, PORTS[1]) == PORTS[1]
    assert match_port(PORTS, "Keystation 49:Keystation 49 MIDI 1") == PORTS[0]
    assert match_port(PORTS, "digital") == PORTS[2]


def test_an_ambiguous_name_is_refused_with_what_fits() -> None:
    with pytest.raises(AntiphonError, match=r"Several MIDI ports fit 'keystation'.*MIDI 10"):
        match_port(PORTS, "keystation")
    with pytest.raises(AntiphonError, match="Several"):
        find_port(["Twin", "Twin"], "Twin")


def test_a_missing_port_is_refused_with_what_is_there() -> None:
    with pytest.raises(AntiphonError, match=r"no MIDI port 'Moog'; there is .*Digital Piano"):
        match_port(PORTS, "Moog")
    with pytest.raises(AntiphonError, match="none at all"):
        match_port([], "Moog")
    assert find_port(PORTS, "Moog") is None


@pytest.mark.parametrize(
    ("name", "api", "expected"),
    [
        ("Keystation 49:Keystation 49 MIDI 1 20:0", "alsa", True),
        ("Midi Through:Midi Through Port-0 14:0", "alsa", False),
        ("VirMIDI 1-0:VirMIDI 1-0 28:0", "alsa", False),
        ("FLUID Synth (99):Synth input port (99:0) 128:0", "alsa", False),
        ("Antiphon Out:Antiphon Out 129:0", "alsa", False),
        ("system:midi_capture_1", "jack", True),
        ("a2j:Keystation 49 [20] (capture): Keystation 49 MIDI 1", "jack", True),
        ("a2j:vmpk [130] (capture): out", "jack", False),
        ("a2j:Antiphon Out [129] (capture): Antiphon Out", "jack", False),
        ("Midi-Bridge:Midi Through:(capture_0) Midi Through Port-0", "jack", False),
        ("Midi-Bridge:Keystation 49:(capture_0) Keystation 49 MIDI 1", "jack", True),
        ("ardour:MIDI out", "jack", False),
        ("Keystation 49", "core", True),
        ("IAC Driver Bus 1", "core", False),
    ],
)
def test_only_hardware_is_a_keyboard(name: str, api: str, expected: bool) -> None:
    assert is_keyboard(name, api) is expected


def test_ours_are_known_even_when_renamed() -> None:
    assert is_ours("Antiphon In-01:Antiphon In")
    assert not is_ours("Antiphony:Inside")
