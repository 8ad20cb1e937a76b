from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.system.midi_api import API, RTMIDI_API, patch, plain

from antiphon.errors import NoMidiSystemError
from antiphon.jam.schedule_thread import ScheduleThread
from antiphon.messages import Clock, Control, Event, NoteOff, NoteOn, note_off, note_on, panic
from antiphon.midi.echo import EchoGuard
from antiphon.midi.fileplayer import FilePlayer
from antiphon.midi.inlet import Inlet
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem
from antiphon.midi.watch import PortWatch
from antiphon.music.note import Note
from antiphon.partner import Play
from antiphon.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.system.conftest import MidiClient

    from antiphon.midi.port_names import ListedPort

pytestmark = pytest.mark.system

PATIENCE = 2.0
"""Seconds for what takes a few periods of 21 ms."""


class Reader:
    """A partner that plays what it is handed."""

    def take(self, given: Any) -> list[Any]:
        return [given]

    def tick(self, now: float) -> list[Any]:
        del now
        return []

    def next_wake(self) -> float | None:
        return None


class Rig:
    """The midi room and the stage, wired as a jam wires them."""

    def __init__(
        self, connect: tuple[str, ...] = ("auto",), thru: bool = True, channel: int = 0
    ) -> None:
        self.system = MidiSystem(API)
        self.guard = EchoGuard(self.probe)
        self.outlet = PortOutlet(self.system, guard=self.guard)
        self.sent: queue.SimpleQueue[tuple[bytes, float]] = queue.SimpleQueue()
        condition = threading.Condition()
        self.stage = Stage(
            Reader(),
            self.outlet,
            channel,
            leaving=self._leaving,
            lock=condition,
            changed=condition.notify,
        )
        self.schedule = ScheduleThread(self.stage, condition)
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.inlet = Inlet(
            self.system,
            thru=self.outlet.send if thru else None,
            deliver=lambda heard: self.events.put(heard.event),
            guard=self.guard,
            connect=connect,
        )
        self.watch = PortWatch(self.system, self.inlet.ports_changed, self.outlet.ports_changed)
        self.schedule.start()
        self.inlet.start()
        self.watch.start()

    def _leaving(self, data: bytes, now: float) -> None:
        self.guard.played(data, now)
        self.sent.put((data, now))

    def play(self, identity: int, note: Note) -> None:
        """Plan a note, as a partner does."""
        self.stage.take(Play(identity, note), time.monotonic())  # type: ignore[arg-type]

    def probe(self, data: bytes) -> None:
        self.outlet.send(data)

    def stop(self) -> None:
        self.watch.stop()
        self.inlet.stop()
        self.schedule.stop()
        self.outlet.close()
        self.system.close()

    def heard(self, count: int, seconds: float = PATIENCE) -> list[Event]:
        """Return the next `count` events, or those that came in time."""
        deadline, events = time.monotonic() + seconds, list[Event]()
        while len(events) < count and (left := deadline - time.monotonic()) > 0:
            try:
                events.append(self.events.get(timeout=left))
            except queue.Empty:
                break
        return events


def eventually(true: Callable[[], bool], seconds: float = 4.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def rig(midi: str, request: pytest.FixtureRequest) -> Iterator[Rig]:
    rig = Rig(channel=getattr(request, "param", 0))
    yield rig
    rig.stop()


@pytest.fixture
def client(rig: Rig, new_client: type[MidiClient]) -> Iterator[MidiClient]:
    with new_client("tester") as client:
        client.connect(to="Antiphon In", source="Antiphon Out")
        time.sleep(0.1)
        client.listen(0.1)
        yield client


def others(ports: Sequence[ListedPort]) -> list[ListedPort]:
    """Leave out the loopback that ALSA has of its own."""
    return [port for port in ports if not port.name.startswith("Midi Through")]


def test_an_independent_client_sees_the_virtual_ports(rig: Rig) -> None:
    code = (
        "import json, sys, rtmidi; api = int(sys.argv[1]);"
        "print(json.dumps([rtmidi.MidiOut(api, name='look').get_ports(),"
        "rtmidi.MidiIn(api, name='look').get_ports()]))"
    )
    command = [sys.executable, "-c", code, str(RTMIDI_API)]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    targets, sources = ([plain(name) for name in names] for names in json.loads(seen.stdout))
    assert targets.count("Antiphon In:Antiphon In") == 1
    assert sources.count("Antiphon Out:Antiphon Out") == 1
    listed = [*rig.system.inputs(), *rig.system.outputs()]
    assert others(listed) == []  # ours are nobody's keyboard


def test_no_note_is_lost_on_the_way_through(rig: Rig, client: MidiClient) -> None:
    sent = []
    for k in range(400):
        pitch, velocity = 36 + k % 48, 1 + k % 127
        for data in ((0x90, pitch, velocity), (0x90, pitch, 0) if k % 2 else (0x80, pitch, 0)):
            client.send(*data)
            sent.append(bytes(data))
            time.sleep(0.005 if k < 100 else 0.0)  # staccatos, then all at once
    assert client.listen(PATIENCE, until=len(sent)) == sent
    events = rig.heard(len(sent))
    assert [type(event) for event in events] == [NoteOn, NoteOff] * 400
    times = [event.time for event in events]
    assert times == sorted(times)
    assert times[-1] <= time.monotonic()


def test_clock_sensing_and_sysex_do_no_harm(rig: Rig, client: MidiClient) -> None:
    for data in ((0xF8,), (0xFE,), (0xF0, 0x7D, *range(100), 0xF7), (0xB0, 64, 127)):
        client.send(*data)
    clock, control = rig.heard(3, seconds=0.5)
    assert isinstance(clock, Clock)  # sensing and system exclusive mean nothing here
    assert isinstance(control, Control)
    assert client.listen(0.2) == [b"\xb0\x40\x7f"]


def test_planned_notes_are_sent_in_time(rig: Rig, client: MidiClient) -> None:
    start = time.monotonic() + 0.1
    for k in range(20):
        rig.play(k, Note(60 + k, start + k * 0.02, 0.005, 80))
    expected = [data for k in range(20) for data in (note_on(0, 60 + k, 80), note_off(0, 60 + k))]
    assert client.listen(PATIENCE, until=40) == expected
    told = [rig.sent.get(timeout=1.0) for _ in range(40)]
    assert [data for data, _ in told] == expected
    lateness = [when - (start + k * 0.02) for k, (_, when) in enumerate(told[::2])]
    assert min(lateness) >= 0.0
    assert max(lateness) < 0.05


@pytest.mark.parametrize("rig", [3], indirect=True)
def test_stop_releases_all_that_sounds_and_close_panics(rig: Rig, client: MidiClient) -> None:
    rig.play(1, Note(60, time.monotonic(), 99.0, 80))
    client.send(0x90, 64, 80)  # held by the player, through thru
    assert sorted(client.listen(PATIENCE, until=2)) == [note_on(0, 64, 80), note_on(3, 60, 80)]
    rig.schedule.stop()
    rig.schedule.stop()
    rig.play(2, Note(61, time.monotonic(), 99.0, 80))
    assert client.listen(0.3) == [note_off(3, 60)]
    rig.outlet.close()
    assert client.listen(0.5, panics=True) == [note_off(0, 64), *panic([0, 3])]


@pytest.mark.parametrize("rig", [2], indirect=True)
def test_a_channel_is_silenced_before_its_first_note(rig: Rig, client: MidiClient) -> None:
    now = time.monotonic()
    for identity, onset in ((1, now), (2, now + 0.1)):
        rig.play(identity, Note(60, onset, 0.05, 80))

    received = client.listen(0.6, panics=True)

    note = [note_on(2, 60, 80), note_off(2, 60)]
    assert received == [*panic([2]), *note, *note]


@pytest.mark.parametrize("seconds", [0.005, 0.3])
def test_it_does_not_answer_itself(midi: str, new_client: type[MidiClient], seconds: float) -> None:
    rig = Rig(thru=False)
    with new_client("cable") as cable:
        cable.connect(to="Antiphon In", source="Antiphon Out")
        cable.listen(0.2)
        start = time.monotonic()
        for k in range(5):
            rig.play(k, Note(60 + k, start + 0.05 * k, seconds, 80))
        end = time.monotonic() + 1.0
        returned = 0
        while time.monotonic() < end:
            for data in cable.listen(0.002):
                cable.send(*data)
                returned += 1
        assert returned == 10
        assert rig.heard(1, seconds=0.1) == []
    rig.stop()


def test_a_loop_through_thru_dies_out(rig: Rig) -> None:
    patch("Antiphon Out", "Antiphon In")
    player = FilePlayer(
        [(0.0, note_on(0, 60, 80)), (0.005, note_off(0, 60))],
        thru=rig.outlet.send,
        deliver=lambda heard: rig.events.put(heard.event),
        guard=rig.guard,
    )
    player.start()
    assert player.ended.wait(PATIENCE)
    time.sleep(0.5)
    assert rig.events.qsize() <= 8  # it went round until the probe was back
    before = rig.events.qsize()
    time.sleep(0.5)
    assert rig.events.qsize() == before


def test_a_keyboard_that_comes_is_heard_and_one_that_goes_lets_its_keys_up(
    jack: str, rig: Rig, new_client: type[MidiClient]
) -> None:
    for pitch in (60, 62):  # it comes twice
        with new_client("a2j") as keyboard:  # the bridge's name: hardware
            keyboard.out.open_virtual_port("Keystation [20] (capture): Keystation")
            assert eventually(lambda: len(rig.inlet.connected) == 1)
            keyboard.send(0x90, pitch, 80)
            (event,) = rig.heard(1)
            assert isinstance(event, NoteOn)
        assert eventually(lambda: rig.inlet.connected == ())
        (event,) = rig.heard(1)
        assert isinstance(event, NoteOff)
        assert event.pitch == pitch


def test_a_program_is_no_keyboard_unless_it_is_named(
    midi: str, new_client: type[MidiClient]
) -> None:
    with new_client("sequencer") as other:
        other.out.open_virtual_port("out")
        rig = Rig()
        assert [port.kind for port in others(rig.system.inputs())] == ["program"]
        assert rig.inlet.connected == ()
        rig.stop()
        rig = Rig(connect=("sequencer",))
        assert [plain(name) for name in rig.inlet.connected] == ["sequencer:out"]
        rig.stop()


def test_an_output_that_comes_back_is_released(midi: str, new_client: type[MidiClient]) -> None:
    system = MidiSystem(API)
    outlet = PortOutlet(system, "synth")
    outlet.send(note_on(0, 50, 80))  # nobody is there, nothing breaks
    for _ in range(2):
        with new_client("synth") as synth:
            synth.into.open_virtual_port("in")
            assert "synth listener:in" in [plain(port.name) for port in system.outputs()]
            outlet.ports_changed((), tuple(system.outputs()))
            expected = [*panic(), note_on(0, 60, 80)]
            outlet.send(note_on(0, 60, 80))
            received = synth.listen(PATIENCE, until=len(expected) + (_ == 1), panics=True)
            assert received == ([note_off(0, 60)] if _ == 1 else []) + expected
        assert others(system.outputs()) == []
        outlet.ports_changed((), tuple(system.outputs()))
        outlet.send(note_on(0, 61, 80))
    outlet.close()
    system.close()


def test_a_server_that_comes_back_finds_the_ports_again(jack: str) -> None:
    # libjack may crash when its server dies: the other tests shall not go with it.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c"]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, str(root / "pyproject.toml"), str(Path(__file__).with_name("server_death.py"))],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_plays_in_real_time_and_releases_when_stopped(rig: Rig, client: MidiClient) -> None:
    messages = [(0.1 * k, note_on(0, 60 + k, 80)) for k in range(60)]
    player = FilePlayer(
        messages,
        thru=rig.outlet.send,
        deliver=lambda heard: rig.events.put(heard.event),
        guard=rig.guard,
    )
    start = time.monotonic()
    player.start()
    events = rig.heard(3)
    assert [event.time - start for event in events] == pytest.approx([0.0, 0.1, 0.2], abs=0.05)
    player.stop()
    player.stop()
    assert [type(event) for event in rig.heard(3)] == [NoteOff] * 3
    assert client.listen(PATIENCE, until=6)[3:] == [note_off(0, 60 + k) for k in range(3)]
    assert player.ended.is_set()


@pytest.mark.parametrize("backend", ["auto", "alsa", "jack"])
@pytest.mark.usefixtures("no_midi")
def test_without_a_midi_system_there_is_one_sentence_and_no_noise(
    backend: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoMidiSystemError, match=r"^There is no MIDI system here: .*\.$"):
        MidiSystem(backend)  # type: ignore[arg-type]
    assert capfd.readouterr() == ("", "")


def test_without_libasound_there_is_one_sentence_and_no_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libasound.so.2").write_bytes(b"")  # found first, and no library
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    code = """
from antiphon.errors import NoMidiSystemError
from antiphon.midi.ports import MidiSystem
try:
    MidiSystem()
except NoMidiSystemError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "install libasound2" in ran.stdout
    assert ran.stderr == ""
