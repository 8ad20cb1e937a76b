"""Ports of every kind beside an independent client: the connected and the missing ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rtmidi
from tests.system.jamming import Balance, JamProcess
from tests.system.test_ports import PATIENCE, Rig, eventually

from antiphon.errors import NoVirtualPortsError
from antiphon.messages import note_off, note_on, panic
from antiphon.midi.inlet import Inlet
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.system.conftest import MidiClient

pytestmark = pytest.mark.system

KEYS = "Keystation 49 MK3 [20] (capture): Keystation 49 MK3 MIDI 1"
CONTROLS = "Keystation 49 MK3 [20] (capture): Keystation 49 MK3 MIDI 2"
DAW = "KeyLab mkII 61 [24] (capture): KeyLab mkII 61 DAW"
SECOND_KEYS = "Keystation 49 MK3 [28] (capture): Keystation 49 MK3 MIDI 1"
PLAIN = "a2j:Keystation 49 MK3 (capture): Keystation 49 MK3 MIDI "


def unplug(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
    command = ["jack_lsp", "a2j"]
    assert eventually(lambda: not subprocess.run(command, capture_output=True, check=False).stdout)


@pytest.fixture
def devices(jack: str) -> Iterator[Callable[..., None]]:
    """Plug in devices with these ports."""
    with ExitStack() as ending:

        def plug_in(*names: str | bytes) -> None:
            digits = [(n.encode() if isinstance(n, str) else n).hex() for n in names]
            script = Path(__file__).with_name("devices.py")
            process = subprocess.Popen(
                [sys.executable, str(script), *digits], stdout=subprocess.PIPE, text=True
            )
            ending.callback(unplug, process)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

        yield plug_in


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
import os, signal, sys
sys.modules["resource"] = None
del os.pwrite, os.fdatasync, os.tcgetpgrp, os.getpgrp, os.geteuid, signal.SIGHUP
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
        with JamProcess(tmp_path, *options, code=REFUSE, replayed=True) as jam:
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
            assert jam.replay() > 0
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


@pytest.mark.parametrize(("heard", "answered"), [("10", True), ("all", False)])
def test_the_channel_of_drums_is_answered_where_it_is_named(
    jack: str,
    tmp_path: Path,
    new_client: type[MidiClient],
    monkeypatch: pytest.MonkeyPatch,
    heard: str,
    answered: bool,
) -> None:
    monkeypatch.setenv("ANTIPHON_MIDI__HEAR_CHANNEL", heard)
    with JamProcess(tmp_path, "--player", "none") as jam, new_client("pads") as pads:
        jam.wait_until_ready()
        pads.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.2)
        for pitch in (60, 62, 64, 65, 67):
            pads.send(0x99, pitch, 80)
            time.sleep(0.15)
            pads.send(0x89, pitch, 64)
        assert (Balance().take(pads.listen(3.0)).started > 0) == answered
        assert jam.end(signal.SIGTERM) == 0
        assert (jam.replay() > 0) == answered


def test_on_one_channel_thru_and_the_partner_keep_their_notes(
    jack: str, new_client: type[MidiClient]
) -> None:
    system = MidiSystem("jack")
    outlet = PortOutlet(system)
    player, partner = outlet.part(), outlet.part()
    with new_client("synth") as synth:
        synth.connect(source="Antiphon Out")
        time.sleep(0.1)
        partner.send(note_on(0, 60, 50))
        player.send(note_on(0, 60, 80))
        partner.send(note_off(0, 60))
        player.send(note_on(0, 64, 80))
        player.send(note_off(0, 60))
        strokes = [note_on(0, 60, 50), note_off(0, 60), note_on(0, 60, 80), note_on(0, 64, 80)]
        assert synth.listen(PATIENCE, until=5) == [*strokes, note_off(0, 60)]
        outlet.release_all()
        assert synth.listen(0.5, panics=True) == [note_off(0, 64), *panic([0])]
    outlet.close()
    system.close()


def test_a_jam_says_where_thru_and_the_partner_share_a_channel(jack: str, tmp_path: Path) -> None:
    for options, expected in ((("--thru",), 1), ((), 0)):
        with JamProcess(tmp_path, "--player", "none", *options) as jam:
            jam.wait_until_ready()
            assert jam.end(signal.SIGTERM) == 0
        assert sum("Thru and the partner share channel 1" in line for line in jam.said) == expected
