"""A panic in a loop, in simulated time: it comes once, and then there is silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.antiphon.midi.cables import Cables

from antiphon.messages import Control, Heard, control_change, note_off, note_on, panic
from antiphon.messages.spec import ALL_NOTES_OFF, ALL_SOUND_OFF
from antiphon.midi.echo import MOST_SILENCES, SILENCED, WINDOW, EchoGuard
from antiphon.midi.intake import Intake
from antiphon.midi.outlet import PortOutlet
from antiphon.midi.ports import MidiSystem

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = 0.001
ROUND_TRIPS = 14


class Antiphon:
    """One Antiphon's way in and way out, wired as a jam wires them.

    It answers "all notes off" as badly as can be: by a panic of its own, as a
    panic control does that a loop brings back.
    """

    def __init__(self, cables: Cables, *, thru: bool = False) -> None:
        system = MidiSystem("core", rtmidi=cables)  # type: ignore[arg-type]
        self.clock: Callable[[], float] = cables.clock
        self.guard = EchoGuard(self.probe)
        self.outlet = PortOutlet(system, guard=self.guard, clock=cables.clock)
        self.port = system.open_virtual_input()
        self.heard: list[Heard] = []
        send = self.outlet.part().send if thru else None
        self.intake = Intake(send, self.hear, self.guard, port="Antiphon In")

    def hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        event = heard.event
        if isinstance(event, Control) and event.control in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            self.outlet.release_all()

    def probe(self, data: bytes) -> None:
        self.outlet.send(data)

    def play(self, data: bytes) -> None:
        """Play as the partner does."""
        self.guard.played(data, self.clock())
        self.outlet.send(data)

    def poll(self) -> None:
        while (message := self.port.receive()) is not None:
            self.intake.take(bytes(message[0]), self.clock(), self.clock())


def run(cables: Cables, *antiphons: Antiphon, trips: int = ROUND_TRIPS) -> None:
    """Let time pass for so many round trips through all of them."""
    end = cables.now + trips * len(antiphons) * (cables.delay + STEP)
    while cables.now < end:
        cables.now += STEP
        for antiphon in antiphons:
            antiphon.poll()


def arrive(cables: Cables, antiphon: Antiphon, data: bytes) -> None:
    """Let a DAW send one message."""
    antiphon.intake.take(data, cables.now, cables.now)


def panics(cables: Cables, since: float) -> list[bytes]:
    """Return the messages of a panic that left since a time."""
    return [data for time, data in cables.sent if time >= since and data in panic()]


def ring(cables: Cables, count: int, *, thru: bool, plays: bool = True) -> list[Antiphon]:
    """Return Antiphons of which each plays into the next, the last into the first.

    Each has sent what comes before a first note, and where it `plays` one note, and is quiet.
    """
    antiphons = [Antiphon(cables, thru=thru) for _ in range(count)]
    for place, output in enumerate(cables.outputs):
        output.to.append(cables.inputs[(place + 1) % count])
    for antiphon in antiphons if plays else ():
        antiphon.play(note_on(0, 60, 80))
        antiphon.outlet.release_all()
    run(cables, *antiphons, trips=100)
    assert len(cables.sent) >= 48 * count
    cables.sent.clear()
    return antiphons


@pytest.mark.parametrize(
    ("thru", "delay"),
    [(False, delay) for delay in (0.001, 0.01, 0.02, WINDOW + 0.01, 0.3)]
    + [(True, delay) for delay in (0.001, 0.01, 0.015)],  # a slower ring of thrus keeps notes
)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_panic_in_a_ring_comes_once_from_each(count: int, delay: float, thru: bool) -> None:
    cables = Cables(delay=delay)
    antiphons = ring(cables, count, thru=thru)
    for antiphon in antiphons:
        antiphon.play(note_on(0, 64, 80))

    pressed = cables.now
    antiphons[0].outlet.release_all()
    run(cables, *antiphons)

    assert panics(cables, pressed)[:3] == panic([0])
    # Each panics once, and where thru is on passes that of each other on once.
    assert len(panics(cables, pressed)) <= 3 * count * (count if thru else 1)
    assert panics(cables, pressed + 2 * count * (delay + STEP) + STEP) == []


@pytest.mark.parametrize("control", [ALL_NOTES_OFF, ALL_SOUND_OFF])
@pytest.mark.parametrize("delay", [0.001, 0.02, 0.3])
@pytest.mark.parametrize("count", [1, 2])
def test_a_daw_that_stops_sets_off_one_panic_at_most(
    count: int, delay: float, control: int
) -> None:
    cables = Cables(delay=delay)
    antiphons = ring(cables, count, thru=False)
    antiphons[0].play(note_on(0, 64, 80))

    stopped = cables.now
    for channel in range(16):
        arrive(cables, antiphons[0], control_change(channel, control, 0))
    run(cables, *antiphons)

    assert panics(cables, stopped) == panic([0])


def test_a_second_panic_with_nothing_since_is_silent() -> None:
    cables = Cables()
    (antiphon,) = ring(cables, 1, thru=False)
    antiphon.play(note_on(0, 60, 80))
    cables.sent.clear()
    antiphon.outlet.release_all()
    assert [data for _, data in cables.sent] == [note_off(0, 60), *panic([0])]
    cables.sent.clear()
    antiphon.outlet.release_all()
    antiphon.outlet.close()
    assert cables.sent == []


@pytest.mark.parametrize("delay", [0.001, 0.02, WINDOW + 0.01, 0.3])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_notes_off_does_not_go_round_a_ring_of_thrus_for_ever(count: int, delay: float) -> None:
    cables = Cables(delay=delay)
    antiphons = ring(cables, count, thru=True, plays=False)
    run(cables, *antiphons, trips=1 + int(SILENCED / delay))
    cables.sent.clear()
    for antiphon in antiphons:
        antiphon.heard.clear()
    stops = [
        control_change(channel, control, 0)
        for channel in range(16)
        for control in (ALL_NOTES_OFF, ALL_SOUND_OFF)
    ]
    for data in stops:
        arrive(cables, antiphons[0], data)
    run(cables, *antiphons)

    rounds = 1 if count * (delay + STEP) < WINDOW else MOST_SILENCES
    assert [data for _, data in cables.sent] == stops * count * rounds
    assert [len(antiphon.heard) for antiphon in antiphons] == [len(stops) * rounds] * count
