"""Which ports are connected, on a MIDI system that lists one name twice, as CoreMIDI does."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from tests.antiphon.midi.cables import CableEnd, Cables, RefusedError

from antiphon.errors import NoVirtualPortsError
from antiphon.midi.inlet import Inlet
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICES = ["Keystation 49 MK3", "Keystation 49 MK3 Transport", "Twin", "Twin", "IAC Driver Bus 1"]


class Jam:
    """An inlet that is told of the ports whenever the test says so; no thread runs."""

    def __init__(self, devices: list[str], *connect: str) -> None:
        self.cables = Cables(devices=list(devices))
        self.system = MidiSystem("core", rtmidi=self.cables)  # type: ignore[arg-type]
        self.told: list[tuple[str, ...]] = []
        self.inlet = Inlet(
            self.system,
            thru=None,
            deliver=lambda event: None,
            connect=connect,
            on_connected=self.told.append,
        )
        self.look()

    def look(self) -> tuple[str, ...]:
        self.inlet.ports_changed(tuple(self.system.inputs()), ())
        return self.inlet.connected

    @property
    def opened(self) -> list[str]:
        return [self.cables.devices[place] for place in self.cables.opened]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("auto", ("Keystation 49 MK3", "Twin", "Twin #2")),
        ("all", ("Keystation 49 MK3", "Keystation 49 MK3 Transport", "Twin", "Twin #2",
                 "IAC Driver Bus 1")),
        ("Twin", ("Twin",)),
        ("Twin #2", ("Twin #2",)),
        ("transport", ("Keystation 49 MK3 Transport",)),
        ("keystation", ("Keystation 49 MK3",)),
        ("IAC", ("IAC Driver Bus 1",)),
    ],
)  # fmt: skip
def test_what_is_wanted_is_connected(wanted: str, expected: tuple[str, ...]) -> None:
    jam = Jam(DEVICES, wanted)
    assert jam.inlet.connected == expected
    assert jam.look() == expected
    assert jam.told == [expected]


def test_two_ports_of_one_name_are_two_places_of_the_list() -> None:
    assert Jam(DEVICES, "auto").cables.opened == [0, 2, 3]
    assert Jam(DEVICES, "Twin #2").cables.opened == [3]


def test_where_one_of_two_equal_ports_goes_the_other_plays_on() -> None:
    jam = Jam(["Twin", "Twin"], "auto")
    jam.cables.devices.pop(0)
    assert jam.look() == ("Twin",)
    assert jam.cables.opened[-1] == 0
    jam.cables.devices.append("Twin")
    assert jam.look() == ("Twin", "Twin #2")


def test_a_name_that_is_not_there_is_awaited_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        jam = Jam([], "Moog")
        jam.look()
    assert caplog.messages == ["The MIDI input 'Moog' is not there yet; it is awaited."]
    jam.cables.devices.append("Moog Grandmother")
    assert jam.look() == ("Moog Grandmother",)


def refuse(name: str) -> None:
    raise RefusedError(name)


def unsupported(name: str) -> None:
    raise NotImplementedError(name)


@pytest.mark.parametrize("refusal", [refuse, unsupported])
def test_without_virtual_ports_it_listens_and_plays_by_name(
    refusal: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CableEnd, "open_virtual_port", lambda _, name: refusal(name))
    jam = Jam(["loopMIDI Port", "loopMIDI Port 1"], "loopMIDI Port 1")
    assert jam.inlet.connected == ("loopMIDI Port 1",)
    with pytest.raises(NoVirtualPortsError, match=r"^This MIDI system \(core\) lets .*\.$"):
        PortOutlet(jam.system)
    outlet = PortOutlet(jam.system, "loopMIDI Port")
    jam.cables.sent.clear()
    outlet.send(b"\x90\x3c\x50")
    assert [data for _, data in jam.cables.sent] == [b"\x90\x3c\x50"]
