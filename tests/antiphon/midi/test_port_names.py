from __future__ import annotations

import pytest

from antiphon.errors import AntiphonError
from antiphon.midi.port_names import ListedPort, find_port, is_ours, list_ports

KEYSTATION = "Keystation 49:Keystation 49 MIDI 1 20:0"
PORTS = [
    KEYSTATION,
    "Keystation 49:Keystation 49 MIDI 10 20:9",
    "Digital Piano:Digital Piano MIDI 1 24:0",
    "Digital Piano:Digital Piano MIDI 1 28:0",
    "vmpk:out 130:0",
    "vmpk:aux 130:1",
]


def names(listed: list[str], api: str) -> list[str]:
    return [port.name for port in list_ports(listed, api)]


def found(wanted: str, listed: list[str] = PORTS, api: str = "alsa") -> str | None:
    port = find_port(list_ports(listed, api), wanted)
    return None if port is None else port.listed


def test_names_last_though_numbers_change() -> None:
    assert names(PORTS, "alsa") == [
        "Keystation 49:Keystation 49 MIDI 1",
        "Keystation 49:Keystation 49 MIDI 10",
        "Digital Piano:Digital Piano MIDI 1",
        "Digital Piano:Digital Piano MIDI 1 #2",
        "vmpk:out",
        "vmpk:aux",
    ]
    bridged = ["a2j:P [20] (capture): P MIDI 1", "a2j:P [24] (capture): P MIDI 1", "other [3]:out"]
    assert names(bridged, "jack") == [
        "a2j:P (capture): P MIDI 1",
        "a2j:P (capture): P MIDI 1 #2",
        "other [3]:out",
    ]
    assert names(["Twin", "Twin", "Twin #2", "Twin"], "core") == [
        "Twin",
        "Twin #2",
        "Twin #2 #2",
        "Twin #3",
    ]
    assert names(["loopMIDI Port 0", "loopMIDI Port 1 1"], "winmm") == [
        "loopMIDI Port",
        "loopMIDI Port 1",
    ]


def test_each_port_is_found_by_its_name() -> None:
    listed = list_ports(PORTS, "alsa")
    assert len(listed) == 6
    assert [find_port(listed, port.name) for port in listed] == listed
    assert [find_port(listed, port.listed) for port in listed] == listed


def test_a_port_is_found_by_a_part_of_its_name() -> None:
    assert found("vmpk:o") == "vmpk:out 130:0"
    assert found("digital piano midi 1 #2") == PORTS[3]
    assert found("28:0") == PORTS[3]
    assert found("Moog") is None
    assert found("Moog", []) is None


def test_an_ambiguous_name_is_refused_with_what_fits() -> None:
    with pytest.raises(AntiphonError, match=r"Several MIDI ports fit 'vmpk' \('vmpk:out', 'vmpk:"):
        found("vmpk")
    with pytest.raises(AntiphonError, match=r"fit 'digital' .*MIDI 1', .*MIDI 1 #2'"):
        found("digital")
    with pytest.raises(AntiphonError, match="Several MIDI ports fit 'win'"):
        found("win", ["Twin", "Twin"], "core")


def test_a_part_of_a_keyboards_name_means_its_keys() -> None:
    assert found("keystation") == KEYSTATION
    assert found("Keystation 49 MIDI 10") == PORTS[1]
    only_controls = ["nanoKONTROL2:nanoKONTROL2 _ CTRL 20:0"]
    assert found("nano", only_controls) == only_controls[0]


def test_ports_of_one_name_are_two_ports() -> None:
    first, second = list_ports(["Twin", "Twin"], "core")
    assert first != second
    (left,) = list_ports(["Twin"], "core")
    assert left not in (first, second)  # it may be either
    (alsa,) = list_ports([PORTS[3]], "alsa")
    assert alsa == list_ports(PORTS, "alsa")[3]  # its number says which it is


def test_a_name_is_fit_to_be_printed() -> None:
    (port,) = list_ports(["a2j:T\x1b[31mab\nx [24] (capture): y"], "jack")
    assert port == ListedPort("a2j:T\x1b[31mab\nx [24] (capture): y", 0, 1, "", "keys")
    assert port.name == "a2j:T?[31mab?x (capture): y"
    assert found(port.name, [port.listed], "jack") == port.listed


def test_ours_are_known_even_when_renamed() -> None:
    assert is_ours("Antiphon In-01:Antiphon In")
    assert not is_ours("Antiphony:Inside")
    assert names(
        ["a2j:Antiphon Out [129] (capture): Antiphon Out", "A", "Antiphon In"], "jack"
    ) == ["A"]
