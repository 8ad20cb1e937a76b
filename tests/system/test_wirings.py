"""Ports of every kind beside an independent client: which are connected, and loops of them."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import rtmidi
from tests.system.jamming import Balance, JamProcess
from tests.system.test_ports import PATIENCE, Rig, eventually

from antiphon.errors import NoVirtualPortsError
from antiphon.messages import Control, control_change, note_off, note_on, panic
from antiphon.midi.echo import MOST_SILENCES
from antiphon.midi.inlet import Inlet
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

KEYS = "Keystation 49 MK3 [20] (capture): Keystation 49 MK3 MIDI 1"
CONTROLS = "Keystation 49 MK3 [20] (capture): Keystation 49 MK3 MIDI 2"
DAW = "KeyLab mkII 61 [24] (capture): KeyLab mkII 61 DAW"
SECOND_KEYS = "Keystation 49 MK3 [28] (capture): Keystation 49 MK3 MIDI 1"
PLAIN = "a2j:Keystation 49 MK3 (capture): Keystation 49 MK3 MIDI "


class Devices:
    """A bridge's client with the ports of several devices, as a2jmidid shows them."""

    def __init__(self, *names: str | bytes) -> None:
        self._jack = ctypes.CDLL("libjack.so.0")
        self._jack.jack_client_open.restype = ctypes.c_void_p
        self._jack.jack_port_register.restype = ctypes.c_void_p
        self._client = ctypes.c_void_p(self._jack.jack_client_open(b"a2j", 1, None))
        assert self._client.value
        for name in names:
            port = name.encode() if isinstance(name, str) else name
            kind = b"8 bit raw midi"
            assert self._jack.jack_port_register(
                self._client, ctypes.c_char_p(port), kind, ctypes.c_ulong(2), ctypes.c_ulong(0)
            )

    def close(self) -> None:
        self._jack.jack_client_close(self._client)


@pytest.fixture
def devices(jack: str) -> Iterator[Callable[..., None]]:
    """Plug in devices with these ports."""
    with ExitStack() as ending:
        yield lambda *names: ending.callback(Devices(*names).close)


def listed(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Return what `antiphon ports` says."""
    return subprocess.run(
        [sys.executable, "-m", "antiphon", "ports", "--api", "jack", *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_keyboards_keys_are_connected_and_its_controls_only_when_asked_for(
    devices: Callable[..., None],
) -> None:
    devices(KEYS, CONTROLS, DAW, SECOND_KEYS)
    for wanted, expected in (
        ("auto", (f"{PLAIN}1", f"{PLAIN}1 #2")),
        ("all", (f"{PLAIN}1", f"{PLAIN}2", "a2j:KeyLab mkII 61 (capture): KeyLab mkII 61 DAW",
                 f"{PLAIN}1 #2")),
        ("DAW", ("a2j:KeyLab mkII 61 (capture): KeyLab mkII 61 DAW",)),
        (f"{PLAIN}2", (f"{PLAIN}2",)),
        (f"{PLAIN}1 #2", (f"{PLAIN}1 #2",)),
    ):  # fmt: skip
        rig = Rig(connect=(wanted,))
        assert sorted(rig.inlet.connected) == sorted(expected), wanted
        rig.stop()


def test_ports_are_listed_by_the_names_that_select_them(devices: Callable[..., None]) -> None:
    devices(KEYS, CONTROLS, SECOND_KEYS)
    found = json.loads(listed("--json").stdout)
    assert found["api"] == "jack"
    assert sorted(found["inputs"]) == [f"{PLAIN}1", f"{PLAIN}1 #2", f"{PLAIN}2"]
    assert sorted(found["keyboards"]) == [f"{PLAIN}1", f"{PLAIN}1 #2"]
    assert found["outputs"] == []
    lines = listed().stdout.splitlines()
    assert lines[0] == "inputs:"
    assert sum("connected by itself" in line for line in lines) == 2
    assert lines[-2:] == ["outputs:", "  (none)"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_odd_names_are_listed_too(devices: Callable[..., None], encoding: str) -> None:
    devices(b"Caf\xe9 [20] (capture): Caf\xe9", "Ünï ♪ [24] (capture): x", "T\x1b[31m\n [28]: y")
    for options in ((), ("--json",)):
        done = listed(*options, PYTHONIOENCODING=encoding)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert "\x1b" not in done.stdout
        names = json.loads(done.stdout)["inputs"] if options else done.stdout.splitlines()[1:-2]
        assert len(names) == 3
    rig = Rig(connect=("all",))
    assert len(rig.inlet.connected) == 3
    rig.stop()


def wire(*links: tuple[str, str]) -> None:
    for source, target in links:
        subprocess.run(["jack_connect", source, target], check=True, capture_output=True)


@pytest.mark.parametrize("thru", [False, True])
def test_our_output_in_our_input_panics_once(
    jack: str, new_client: type[MidiClient], thru: bool
) -> None:
    rig = Rig(thru=thru)
    wire(("Antiphon Out:Antiphon Out", "Antiphon In:Antiphon In"))
    with new_client("tester") as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        rig.guard.played(note_on(0, 60, 80), time.monotonic())
        rig.outlet.send(note_on(0, 60, 80))
        client.listen(0.5)
        rig.outlet.release_all()
        assert client.listen(0.5, panics=True) == [note_off(0, 60), *panic([0])]
        rig.outlet.release_all()
        assert client.listen(0.5, panics=True) == []

        for channel in range(16):
            client.send(*control_change(channel, 123, 0))
        passed = client.listen(1.5, panics=True)
        stops = [control_change(channel, 123, 0) for channel in range(16)]
        assert [data for data in passed if data[0] != 0xF0] == (stops if thru else [])
        heard = rig.heard(100, seconds=0.2)
        assert [event.channel for event in heard if isinstance(event, Control)] == [*range(16)]
    rig.stop()


@pytest.mark.parametrize("thru", [False, True])
def test_two_antiphons_panic_once(jack: str, new_client: type[MidiClient], thru: bool) -> None:
    one, two = Rig(thru=thru), Rig(thru=thru)
    with new_client("tester") as client:
        links = [
            ("Antiphon Out:Antiphon Out", "Antiphon In-01:Antiphon In"),
            ("Antiphon Out-01:Antiphon Out", "Antiphon In:Antiphon In"),
        ]
        wire(*links)
        client.connect(source="Antiphon Out:")
        one.outlet.send(control_change(0, 64, 127))
        time.sleep(0.5)
        client.listen(0.2, panics=True)

        one.outlet.release_all()
        heard = client.listen(2.0, panics=True)

        first = [control_change(0, 64, 0), *panic([0])]
        assert heard[:4] == first
        # Where thru is on, what comes back later than the echo window goes round some times.
        rounds = 1 + MOST_SILENCES if thru else 1
        assert len([data for data in heard if data[0] != 0xF0]) <= rounds * len(first)
        assert client.listen(1.0, panics=True) == []
    one.stop()
    two.stop()


@pytest.mark.parametrize("count", [1, 2])
def test_jams_in_a_ring_pass_no_panic_round(
    jack: str, tmp_path: Path, new_client: type[MidiClient], count: int
) -> None:
    inputs = ["Antiphon In:Antiphon In", "Antiphon In-01:Antiphon In"][:count]
    outputs = ["Antiphon Out:Antiphon Out", "Antiphon Out-01:Antiphon Out"][:count]
    with ExitStack() as ending:
        for number in range(count):
            jam = ending.enter_context(
                JamProcess(tmp_path / str(number), "--player", "none", "--thru")
            )
            jam.wait_until_ready()
        wire(*zip(outputs, [*inputs[1:], inputs[0]], strict=True))
        client = ending.enter_context(new_client("daw"))
        client.connect(to=inputs[0], source=outputs[0])
        rounds = MOST_SILENCES if count > 1 else 1  # two may be slower than the echo window
        for _ in range(3):  # a DAW that loops over one note
            client.send(0x90, 60, 80)
            time.sleep(0.1)
            for channel in range(16):
                client.send(*control_change(channel, 123, 0))
                client.send(*control_change(channel, 120, 0))
            time.sleep(0.3)
        received = client.listen(4.0, panics=True)
        silences = [data for data in received if data in panic()]
        # What was sent passes, and each jam may panic, or silence before a first note.
        assert 32 <= len(silences) <= 3 * (32 + 3 * count) * rounds
        later = [data for data in client.listen(2.0, panics=True) if data in panic()]
        assert len(later) <= 3 * count  # before a first note of the partner's


class Refusing:
    """python-rtmidi on a MIDI system that lets a program open no ports of its own."""

    def __getattr__(self, name: str) -> object:
        return getattr(rtmidi, name)

    class MidiIn(rtmidi.MidiIn):
        def open_virtual_port(self, name: str | None = None) -> None:
            raise rtmidi.UnsupportedOperationError(name)

    class MidiOut(rtmidi.MidiOut):
        def open_virtual_port(self, name: str | None = None) -> None:
            raise rtmidi.UnsupportedOperationError(name)


def test_without_ports_of_its_own_it_uses_those_of_others(
    jack: str, new_client: type[MidiClient]
) -> None:
    with new_client("cable") as cable:
        cable.out.open_virtual_port("A")
        cable.into.open_virtual_port("B")
        system = MidiSystem("jack", rtmidi=Refusing())  # type: ignore[arg-type]
        with pytest.raises(NoVirtualPortsError, match="no ports of its own"):
            PortOutlet(system)
        outlet = PortOutlet(system, "cable listener:B")
        inlet = Inlet(system, thru=outlet.send, deliver=lambda event: None, connect=("cable:A",))
        inlet.start()
        assert cable.listen(PATIENCE, until=48, panics=True) == panic()
        cable.send(0x90, 60, 80)
        cable.send(0x80, 60, 64)
        assert cable.listen(PATIENCE, until=2) == [note_on(0, 60, 80), note_off(0, 60)]
        inlet.stop()
        outlet.close()
        system.close()


REFUSE = """
import rtmidi
def refusing(kind):
    class Refusing(kind):
        def open_virtual_port(self, name=None):
            raise rtmidi.UnsupportedOperationError(name)
    return Refusing
rtmidi.MidiIn, rtmidi.MidiOut = refusing(rtmidi.MidiIn), refusing(rtmidi.MidiOut)
from antiphon.cli.main import main
main()
"""


def test_a_jam_without_ports_of_its_own_answers(
    jack: str, tmp_path: Path, new_client: type[MidiClient]
) -> None:
    with new_client("cable") as cable:
        cable.out.open_virtual_port("A")
        cable.into.open_virtual_port("B")
        options = ("--player", "none", "--input", "cable:A", "--output", "cable listener:B")
        with JamProcess(tmp_path, *options, code=REFUSE) as jam:
            jam.wait_until_ready()
            assert eventually(lambda: len(cable.into.get_ports()) == 2)  # ours, and the jam's end
            cable.listen(0.3, panics=True)
            for pitch in (60, 62, 64, 65, 67):
                cable.send(0x90, pitch, 80)
                time.sleep(0.15)
                cable.send(0x80, pitch, 64)
            balance = Balance().take(cable.listen(3.0))
            assert balance.started >= 1
            assert jam.end(signal.SIGTERM) == 0, "".join(jam.said)
            assert balance.take(cable.listen(0.3)).sounding == {}
    said = "".join(jam.said)
    assert "no ports of its own: it listens to cable:A and plays to cable listener:B." in said
    assert "Traceback" not in said


def test_a_jam_with_no_port_at_all_says_what_to_do(jack: str, tmp_path: Path) -> None:
    with JamProcess(tmp_path, "--player", "none", code=REFUSE) as jam:
        jam.wait_until_ready()
        assert jam.end(signal.SIGTERM) == 0
    told = [line for line in jam.said if "no ports of its own" in line]
    assert len(told) == 1
    assert "--output NAME" in told[0]
    assert "Traceback" not in "".join(jam.said)
